/// A window's rooms on one event loop. Not thread-safe; lives on its loop.
///
/// The latest version is pushed to all seats in a round, and a round is done in slices, between which the loop does its
/// other work. A version that comes during a round replaces the previous one at once: seats that have not had their
/// turn get only the new version, and another round follows for the others. So no seat gets a version that was out of
/// date when its slice began, however long a round takes.
package final class WindowRooms {
    package private(set) var rooms: [LoopRoom] = []
    /// Whether its board was private when the hub last looked.
    var isPrivate = false
    private var publication: Publication?
    /// Whether another slice is needed: seats of this round have not had their turn, or the latest version needs a
    /// round.
    package private(set) var isDue = false
    private var needsRound = false

    /// No rooms, and no version yet.
    package init() {}

    package var isEmpty: Bool { rooms.isEmpty }

    /// The room with this key for members with this encoding. It is made if there is none.
    package func room(_ key: RoomKey, _ encoding: MessageEncoding) -> LoopRoom {
        if let known = rooms.first(where: { $0.key == key && $0.encoding == encoding }) { return known }
        let room = LoopRoom(key: key, encoding: encoding, publication: publication)
        rooms.append(room)
        return room
    }

    /// Removes a room that has no members.
    package func removeIfEmpty(_ room: LoopRoom) {
        guard room.seats.isEmpty else { return }
        rooms.removeAll { $0 === room }
    }

    /// Takes a version for all rooms, so that a slice is due.
    ///
    /// - Returns: how many seats will never get the previous version; nil if the version is not newer.
    package func take(_ publication: Publication) -> Int? {
        guard publication.sequence > self.publication?.sequence ?? 0 else { return nil }
        self.publication = publication
        (isDue, needsRound) = (true, true)
        return rooms.reduce(0) { $0 + $1.take(publication) }
    }

    /// Gives the next seats their turn.
    ///
    /// - Parameter slice: the most seats that may have their turn now.
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
