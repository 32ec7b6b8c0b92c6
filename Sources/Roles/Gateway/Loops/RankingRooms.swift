/// A ranking's rooms on one event loop. Not thread-safe; lives on its loop.
///
/// The latest version goes to all seats in rounds, and each round in slices, between which the loop does its other
/// work. A version that comes during a round takes the place of the former at once: the seats that are still to have
/// their turn get it alone, and another round follows for the others. So nobody is sent what was out of date when the
/// slice began, however long a round takes.
package final class RankingRooms {
    package private(set) var rooms: [LoopRoom] = []
    /// Whether its board was private when that was looked at last.
    var isPrivate = false
    private var publication: Publication?
    /// Whether a slice is to come: the round has seats left, or the latest version waits for a round of its own.
    package private(set) var isDue = false
    private var needsRound = false

    /// No rooms, and no version yet.
    package init() {}

    package var isEmpty: Bool { rooms.isEmpty }

    /// The room of a key for members that take this form, made where there is none.
    package func room(_ key: RoomKey, _ encoding: MessageEncoding) -> LoopRoom {
        if let known = rooms.first(where: { $0.key == key && $0.encoding == encoding }) { return known }
        let room = LoopRoom(key: key, encoding: encoding, publication: publication)
        rooms.append(room)
        return room
    }

    /// Forgets a room that nobody follows any more.
    package func removeIfEmpty(_ room: LoopRoom) {
        guard room.seats.isEmpty else { return }
        rooms.removeAll { $0 === room }
    }

    /// Takes a version, for all rooms, so that a slice is due.
    ///
    /// - Returns: how many seats will never get the former one; nil where the version is not newer.
    package func take(_ publication: Publication) -> Int? {
        guard publication.sequence > self.publication?.sequence ?? 0 else { return nil }
        self.publication = publication
        (isDue, needsRound) = (true, true)
        return rooms.reduce(0) { $0 + $1.take(publication) }
    }

    /// Gives the next seats their turn.
    ///
    /// - Parameter slice: how many seats at most.
    /// - Returns: how many messages were sent.
    package func push(slice: Int) -> Int {
        if needsRound, rooms.allSatisfy({ $0.unvisited == 0 }) {
            needsRound = false
            for room in rooms { room.startRound() }
        }
        var (left, sent) = (slice, 0)
        for room in rooms where left > 0 { sent += room.push(&left) }
        isDue = needsRound || rooms.contains { $0.unvisited > 0 }
        return sent
    }
}
