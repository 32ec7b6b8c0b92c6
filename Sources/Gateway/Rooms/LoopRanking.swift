import NIOCore

/// A ranking's rooms on one event loop. Not thread-safe; lives on its loop.
final class LoopRanking {
    private(set) var rooms: [LoopRoom] = []
    private var publication: Publication?
    /// Whether a push is on its way that has not begun yet.
    var isDue = false
    /// Whether the last push kept the loop for so long that several versions may have come in the meantime.
    private(set) var isSlowToPush = false

    var isEmpty: Bool { rooms.isEmpty }
    var seatCount: Int { rooms.reduce(0) { $0 + $1.seats.count } }

    /// The room of a key for members that take this form, made where there is none.
    func room(_ key: RoomKey, _ wire: WireForm) -> LoopRoom {
        if let known = rooms.first(where: { $0.key == key && $0.wire == wire }) { return known }
        let room = LoopRoom(key: key, wire: wire, publication: publication)
        rooms.append(room)
        return room
    }

    /// Forgets a room that nobody follows any more.
    func removeIfEmpty(_ room: LoopRoom) {
        guard room.seats.isEmpty else { return }
        rooms.removeAll { $0 === room }
    }

    /// Whether a publication is newer than what this loop has. Takes it if so.
    func take(_ publication: Publication) -> Bool {
        guard publication.sequence > self.publication?.sequence ?? 0 else { return false }
        self.publication = publication
        return true
    }

    /// Pushes the latest version to all rooms.
    ///
    /// - Parameter slow: from which time on a push counts as slow.
    func push(slow: TimeAmount) -> (sent: Int, skipped: Int) {
        guard let publication else { return (0, 0) }
        let start = NIODeadline.now()
        var (sent, skipped) = (0, 0)
        for room in rooms {
            let counts = room.push(publication)
            sent += counts.sent
            skipped += counts.skipped
        }
        isSlowToPush = .now() - start >= slow
        return (sent, skipped)
    }
}
