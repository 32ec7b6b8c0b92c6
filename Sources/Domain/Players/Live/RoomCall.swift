import Leaderboard

/// What a member of a challenge room asks through its socket; gateways hand it to a play node.
public struct RoomCall: Sendable, Equatable {
    /// The acts.
    public enum Act: Sendable, Equatable {
        /// Join the room.
        case join
        /// Send progress of one's own.
        case progress(RoomProgress)
        /// Take the next hint.
        case hint
    }

    /// The challenge, well-formed.
    public let challenge: String
    /// The user of the socket's token.
    @ByteExact public private(set) var userID: String
    /// The act.
    public let act: Act

    /// How long a gateway waits for the answer. A play node does not begin with a call that has waited as long: nobody
    /// would get the answer, and a hint would be paid for all the same.
    public static let patience = Duration.seconds(2)

    /// Gathers the parts.
    public init(challenge: String, userID: String, act: Act) {
        self.challenge = challenge
        self.userID = userID
        self.act = act
    }
}

extension RoomCall {
    /// Whether a text can be the id of a challenge: 22 of `A-Z a-z 0-9 _ -`.
    public static func isChallengeID(_ text: String) -> Bool { text.utf8.count == 22 && Names.isID(text) }
}

/// The answer of a play node.
public enum RoomAnswer: Sendable, Equatable {
    /// Done. After a join: the latest progress of up to 100 members.
    case done([RoomProgress])
    /// A message for the socket that asked: one JSON object with a `type`.
    case message(String)
    /// Refused, with a code of the API and a sentence.
    case refused(code: String, message: String)
    /// The stores cannot be reached.
    case unavailable
}

/// Serves what gateways hand over; the challenges of play nodes do.
public protocol RoomCalls: Sendable {
    /// Does what a member asks. Doing it twice is safe.
    func answer(_ call: RoomCall) async -> RoomAnswer
}
