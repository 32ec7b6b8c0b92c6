import Leaderboard
import NIOCore

/// The members on one event loop that get the same messages. Not thread-safe; lives on its loop.
final class LoopRoom {
    let key: RoomKey
    let wire: WireForm
    private(set) var seats: [Seat] = []
    /// The latest version, nil before the first.
    private(set) var publication: Publication?

    init(key: RoomKey, wire: WireForm, publication: Publication?) {
        self.key = key
        self.wire = wire
        self.publication = publication
    }

    /// Gives a member a seat.
    ///
    /// - Parameter resume: the state that it says it has.
    func enter(_ member: any RoomMember, resume: ResumePoint?) -> Seat {
        let seat = Seat(member: member, room: self, place: seats.count, resume: resume)
        seats.append(seat)
        return seat
    }

    /// Empties a seat.
    func leave(_ seat: Seat) {
        guard !seat.hasLeft else { return }
        seat.state = .left
        let last = seats.removeLast()
        guard last !== seat else { return }
        seats[Int(seat.place)] = last
        last.place = seat.place
    }

    /// Pushes a version: one shared frame to the members that can take it and have the same; the others are owed it.
    func push(_ publication: Publication) -> (sent: Int, skipped: Int) {
        self.publication = publication
        var messages = RoomMessages(publication, of: self)
        var sent = 0
        var skipped = 0
        // A failed write can empty seats on the way; the loop goes over the seats as they were.
        for seat in seats where !seat.hasLeft {
            guard seat.member.isWritable else {
                if case .current = seat.state { seat.state = .behind }
                skipped += 1
                continue
            }
            if deliver(messages.owed(to: seat), of: publication, to: seat) { sent += 1 }
        }
        return (sent, skipped)
    }

    /// Sends what a seat is owed, if that is known and the member can take it. True where something was sent.
    func catchUp(_ seat: Seat) -> Bool {
        guard let publication, seat.member.isWritable else { return false }
        switch seat.state {
        case .current, .left: return false
        case .fresh, .resuming, .behind:
            var messages = RoomMessages(publication, of: self)
            return deliver(messages.owed(to: seat), of: publication, to: seat)
        }
    }

    private func deliver(_ frame: ByteBuffer?, of publication: Publication, to seat: Seat) -> Bool {
        seat.has(publication)
        guard let frame else { return false }
        seat.member.send(frame)
        return true
    }
}

/// Which message of a publication each seat of a room is owed. Remembers the last ones, so that a push to many members
/// who have the same asks the publication once.
private struct RoomMessages {
    private let publication: Publication
    private let room: LoopRoom
    private var update: ByteBuffer?
    private var delta: (from: Int64, frame: ByteBuffer)?

    init(_ publication: Publication, of room: LoopRoom) {
        self.publication = publication
        self.room = room
    }

    /// The message; nil where the member has the version already.
    mutating func owed(to seat: Seat) -> ByteBuffer? {
        switch seat.state {
        case .left: return nil
        case .fresh: return snapshot
        case .resuming(let point):
            guard point.epoch == publication.top.epoch, point.version <= publication.top.version else {
                return snapshot
            }
            if point.version == publication.top.version { return nil }
            return room.key.mode == .delta ? changes(since: point.version) : snapshot
        case .current, .behind:
            guard seat.epochNumber == publication.epochNumber else {
                return room.key.mode == .delta ? snapshot : wholeUpdate()
            }
            if seat.version >= publication.top.version { return nil }
            return room.key.mode == .delta ? changes(since: seat.version) : wholeUpdate()
        }
    }

    private var snapshot: ByteBuffer { publication.frame(.snapshot, limit: room.key.limit, as: room.wire) }

    private mutating func wholeUpdate() -> ByteBuffer {
        if let update { return update }
        let frame = publication.frame(.update, limit: room.key.limit, as: room.wire)
        update = frame
        return frame
    }

    private mutating func changes(since version: Int64) -> ByteBuffer {
        if let delta, delta.from == version { return delta.frame }
        let frame = publication.delta(from: version, limit: room.key.limit, as: room.wire)
        delta = (version, frame)
        return frame
    }
}

/// A ranking's rooms on one event loop. Not thread-safe; lives on its loop.
final class LoopRanking {
    private(set) var rooms: [LoopRoom] = []
    private var publication: Publication?

    var isEmpty: Bool { rooms.isEmpty }

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
}
