import Leaderboard
import NIOCore

/// Someone who follows rooms, on one event loop: a WebSocket session.
protocol RoomMember: AnyObject {
    /// The rooms that it follows.
    var seats: [Seat] { get set }
    /// Whether what is sent now goes out, instead of waiting in memory.
    var isWritable: Bool { get }
    /// The form that its messages have.
    var wire: Wire { get }
    /// Writes a ready frame and flushes.
    func send(_ frame: ByteBuffer)
}

/// One member in one room: what the member is owed. Kept small, as there is one for each watcher.
final class Seat {
    enum State {
        /// Has joined and got nothing yet: owed a snapshot.
        case fresh
        /// Has got the latest.
        case current
        /// Was not writable when a version was pushed: owed the latest.
        case behind
        /// Has left.
        case left
    }

    let member: any RoomMember
    unowned let room: LoopRoom
    var place: Int
    var state = State.fresh

    init(member: any RoomMember, room: LoopRoom, place: Int) {
        self.member = member
        self.room = room
        self.place = place
    }
}

/// The members on one event loop that get the same messages. Not thread-safe; lives on its loop.
final class LoopRoom {
    let key: RoomKey
    private(set) var seats: [Seat] = []
    /// The latest version, nil before the first.
    private(set) var publication: Publication?

    init(key: RoomKey, publication: Publication?) {
        self.key = key
        self.publication = publication
    }

    /// Gives a member a seat, and the snapshot if there is one yet.
    func enter(_ member: any RoomMember) -> Seat {
        let seat = Seat(member: member, room: self, place: seats.count)
        seats.append(seat)
        return seat
    }

    /// Empties a seat.
    func leave(_ seat: Seat) {
        guard seat.state != .left else { return }
        seat.state = .left
        let last = seats.removeLast()
        guard last !== seat else { return }
        seats[seat.place] = last
        last.place = seat.place
    }

    /// Pushes a version: one shared frame to each member that can take it; the others are owed it.
    func push(_ publication: Publication) -> (sent: Int, skipped: Int) {
        self.publication = publication
        // Members of one form mostly follow each other, so the shared cache is rarely asked.
        var wire = Wire.plain
        var update = publication.frame(.update, limit: key.limit)
        var sent = 0
        var skipped = 0
        // A failed write can empty seats on the way; the loop goes over the seats as they were.
        for seat in seats where seat.state != .left {
            guard seat.member.isWritable else {
                if seat.state == .current { seat.state = .behind }
                skipped += 1
                continue
            }
            let isFresh = seat.state == .fresh
            seat.state = .current
            if seat.member.wire != wire {
                wire = seat.member.wire
                update = publication.frame(.update, limit: key.limit, wire: wire)
            }
            seat.member.send(isFresh ? publication.frame(.snapshot, limit: key.limit, wire: wire) : update)
            sent += 1
        }
        return (sent, skipped)
    }

    /// Sends what a seat is owed, if that is known and the member can take it. True where something was sent.
    func catchUp(_ seat: Seat) -> Bool {
        guard let publication, seat.member.isWritable else { return false }
        let kind: ServerMessage.Standings
        switch seat.state {
        case .fresh: kind = .snapshot
        case .behind: kind = .update
        case .current, .left: return false
        }
        seat.state = .current
        seat.member.send(publication.frame(kind, limit: key.limit, wire: seat.member.wire))
        return true
    }
}

/// A ranking's rooms on one event loop. Not thread-safe; lives on its loop.
final class LoopRanking {
    private(set) var rooms: [LoopRoom] = []
    private var publication: Publication?

    var isEmpty: Bool { rooms.isEmpty }

    /// The room of a key, made where there is none.
    func room(_ key: RoomKey) -> LoopRoom {
        if let known = rooms.first(where: { $0.key == key }) { return known }
        let room = LoopRoom(key: key, publication: publication)
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
