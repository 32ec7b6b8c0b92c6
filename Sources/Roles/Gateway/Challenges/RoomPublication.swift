import NIOConcurrencyHelpers
import NIOCore

/// One message of a challenge room. It is encoded once in the node for each encoding, when it is first needed.
final class RoomPublication: Sendable {
    let challenge: String
    let news: RoomNews
    private let frames = NIOLockedValueBox<[Form: ByteBuffer]>([:])

    private struct Form: Hashable {
        let since: UInt64
        let encoding: MessageEncoding
    }

    /// Messages that are kept: more than are in use at a time. Members who were slow for different times need different
    /// ones.
    private static let framesMax = 64

    init(challenge: String, news: RoomNews) {
        self.challenge = challenge
        self.news = news
    }

    /// The message for a member who has had those up to the number `since`.
    func frame(since: UInt64, as encoding: MessageEncoding) -> ByteBuffer {
        let form = Form(since: since, encoding: encoding)
        return frames.withLockedValue { frames in
            if let known = frames[form] { return known }
            let frame = ServerMessage.progress(
                news.progress(after: since), present: news.present, challenge: challenge, as: encoding)
            if frames.count < Self.framesMax { frames[form] = frame }
            return frame
        }
    }
}
