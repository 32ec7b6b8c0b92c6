import StrictJSON

/// A message to the server about a challenge.
package enum PlayRequest: Sendable, Equatable {
    /// Join the room.
    case join(String)
    /// Leave the room.
    case leave(String)
    /// Tell the own progress.
    case update(String, ChallengeProgress)
    /// Ask for the next hint.
    case hint(String)

    /// The message.
    package var json: String {
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        switch self {
        case .join(let challenge): Self.write("join-room", challenge, to: &json)
        case .leave(let challenge): Self.write("leave-room", challenge, to: &json)
        case .hint(let challenge): Self.write("hint-request", challenge, to: &json)
        case .update(let challenge, let progress):
            Self.write("challenge-update", challenge, to: &json)
            json.member("progress", progress.progress)
            if let state = progress.state {
                json.key("state")
                // It was checked when it was made.
                Array(state.utf8).withUnsafeBytes { json.encoded($0) }
            }
        }
        json.endObject()
        return String(decoding: json.sink, as: UTF8.self)
    }

    private static func write(_ type: String, _ challenge: String, to json: inout JSONWriter<[UInt8]>) {
        json.member("type", type)
        json.member("challenge", challenge)
    }

    /// Whether a text can be the id of a challenge: others are refused without asking the server.
    package static func isChallenge(_ id: String) -> Bool {
        id.utf8.count == 22
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
