import NIOCore
import StrictJSON

/// The messages to sockets about challenges.
package enum ChallengeMessages {
    /// Sockets get no longer messages.
    static let bytesMax = 8 * 1024

    /// Tells the owner that a challenge is there: `{"type":"challenge-generated","challenge":{…}}`. One that would be
    /// too long comes as in lists, without its description and steps; clients get the rest by
    /// `GET /challenges/{id}`.
    package static func generated(_ seen: SeenChallenge) -> String {
        let whole = generated(seen, .whole)
        return whole.utf8.count <= bytesMax ? whole : generated(seen, .summary)
    }

    private static func generated(_ seen: SeenChallenge, _ extent: ChallengeJSON.Extent) -> String {
        text { json in
            json.member("type", "challenge-generated")
            json.key("challenge")
            ChallengeJSON.write(seen, extent, to: &json)
        }
    }

    /// Gives a hint to the socket that asked: `{"type":"hint","challenge","index","text","cost","left"}`.
    package static func hint(_ taken: TakenHint, of challenge: String) -> String {
        text { json in
            json.member("type", "hint")
            json.member("challenge", challenge)
            ChallengeJSON.writeMembers(of: taken.hint, at: taken.index, to: &json)
            json.member("left", taken.left)
        }
    }

    private static func text(_ members: (inout JSONWriter<ByteBuffer>) -> Void) -> String {
        var body = ByteBuffer()
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            members(&json)
            json.endObject()
        }
        return String(buffer: body)
    }
}
