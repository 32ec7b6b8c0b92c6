import Leaderboard
import NIOCore
import WebSocket

/// What a signed-in WebSocket follows beside boards. Only connections with the token of a user have one.
final class LiveSession {
    /// The user of the token.
    @ByteExact private(set) var userID: String
    /// Whether the client asked for notifications.
    let wantsNotifications: Bool
    /// Whether it may be in challenge rooms and gets messages to the user. A token for reading scores may not.
    let mayPlay: Bool
    private(set) weak var session: SessionHandler?
    /// The challenge rooms that it is in.
    var challenges: [ChallengeSeat] = []
    /// The windows of which it gets its own rank.
    var ranks: [RankSeat] = []
    /// Messages that came while the client was slow.
    private var owed: [ByteBuffer] = []
    private var owedBytes = 0

    /// Messages that wait for a slow client; the oldest go first. Stops them from filling the memory.
    private static let owedMax = 16
    /// The same in bytes; the newest stays, whatever its size.
    private static let owedBytesMax = 64 * 1024

    init(_ session: SessionHandler, userID: String, wantsNotifications: Bool, mayPlay: Bool) {
        self.session = session
        self.userID = userID
        self.wantsNotifications = wantsNotifications
        self.mayPlay = mayPlay
    }

    /// Whether it follows what only valid tokens may see.
    var needsToken: Bool { wantsNotifications || !challenges.isEmpty || !ranks.isEmpty }

    /// Sends a message, or keeps it until the client is writable.
    func send(_ frame: ByteBuffer) {
        guard let session, session.isOpen else { return }
        if session.isWritable, owed.isEmpty { return session.send(frame) }
        owed.append(frame)
        owedBytes += frame.readableBytes
        while owed.count > Self.owedMax || (owedBytes > Self.owedBytesMax && owed.count > 1) {
            _ = takeOwed()
            session.hub.status.metrics.recordDroppedMessage()
        }
    }

    private func takeOwed() -> ByteBuffer {
        let frame = owed.removeFirst()
        owedBytes -= frame.readableBytes
        return frame
    }

    /// Sends what is owed. Called when the client is writable again.
    func catchUp() {
        guard let session else { return }
        while !owed.isEmpty, session.isOpen, session.isWritable { session.send(takeOwed()) }
        for seat in challenges { session.hub.live.catchUp(seat) }
    }

    /// The seat in a challenge's room; nil if there is none.
    func seat(in challenge: String) -> ChallengeSeat? { challenges.first { $0.room.challenge == challenge } }
}
