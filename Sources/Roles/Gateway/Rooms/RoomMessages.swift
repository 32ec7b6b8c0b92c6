import Leaderboard
import NIOCore

/// Finds the message of a publication that a seat of a room is owed. Remembers the last messages, so that a push to
/// many members with the same version asks the publication once.
struct RoomMessages {
    private let publication: Publication
    private let room: LoopRoom
    private var update: ByteBuffer?
    private var delta: (from: Int64, frame: ByteBuffer)?

    init(_ publication: Publication, of room: LoopRoom) {
        self.publication = publication
        self.room = room
    }

    /// The message; nil if the member has the version already.
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
        case .seated:
            guard seat.periodNumber == publication.periodNumber else { return snapshot }
            guard seat.epochNumber == publication.epochNumber else {
                return room.key.mode == .delta ? snapshot : wholeUpdate()
            }
            if seat.version >= publication.top.version { return nil }
            return room.key.mode == .delta ? changes(since: seat.version) : wholeUpdate()
        }
    }

    private var snapshot: ByteBuffer { publication.frame(.snapshot, limit: room.key.limit, as: room.encoding) }

    private mutating func wholeUpdate() -> ByteBuffer {
        if let update { return update }
        let frame = publication.frame(.update, limit: room.key.limit, as: room.encoding)
        update = frame
        return frame
    }

    private mutating func changes(since version: Int64) -> ByteBuffer {
        if let delta, delta.from == version { return delta.frame }
        let frame = publication.delta(from: version, limit: room.key.limit, as: room.encoding)
        delta = (version, frame)
        return frame
    }
}
