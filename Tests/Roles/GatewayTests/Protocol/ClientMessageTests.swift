import Gateway
import Leaderboard
import Testing

/// The messages of clients, and what is wrong with others.
@Suite struct ClientMessageTests {
    private static let id = "abcdefghijklmnopqrst-_"

    private static func parse(_ text: String) -> Result<ClientMessage, ClientMessageProblem> {
        var text = text
        return text.withUTF8 { bytes in
            Result { () throws(ClientMessageProblem) in try ClientMessage.parse(UnsafeRawBufferPointer(bytes)) }
        }
    }

    private static func text(_ code: some RawRepresentable<String>) -> String { code.rawValue }

    @Test func challenges() throws {
        let id = Self.id
        let rows: [(String, ClientMessage)] = [
            (#"{"type":"join-room","challenge":"\#(id)"}"#, .challenge(id, .join)),
            (#"{"type":"join-room","challenge":"\#(id)","board":"global","new":[1]}"#, .challenge(id, .join)),
            (#"{"type":"leave-room","challenge":"\#(id)"}"#, .challenge(id, .leave)),
            (#"{"type":"hint-request","challenge":"\#(id)"}"#, .challenge(id, .hint)),
            (
                #"{"type":"challenge-update","challenge":"\#(id)","progress":0}"#,
                .challenge(id, .update(progress: 0, state: nil))
            ),
            (
                #"{"type":"challenge-update","challenge":"\#(id)","progress":100,"state":null}"#,
                .challenge(id, .update(progress: 100, state: nil))
            ),
            (
                #"{"type":"challenge-update","challenge":"\#(id)","progress":5,"state":{"a":[1, {"b":"c"}]}}"#,
                .challenge(id, .update(progress: 5, state: #"{"a":[1, {"b":"c"}]}"#))
            ),
        ]
        for (text, message) in rows { #expect(try Self.parse(text).get() == message, "\(text)") }
    }

    @Test func ownRank() throws {
        guard case .join(let request) = try Self.parse(#"{"type":"join-room","board":"b","me":true}"#).get() else {
            Issue.record("not a join")
            return
        }
        #expect(request.wantsOwnRank && request.ranking.board == "b")
    }

    @Test func problems() throws {
        let id = Self.id
        let long = String(repeating: "x", count: 1023)
        var rows: [(text: String, code: String)] = [
            ("[]", "invalid_message"), ("{}", "invalid_message"), (#"{"type":"join"}"#, "unknown_type"),
            (#"{"type":"join-room","me":1}"#, "invalid_message"),
            (#"{"type":"join-room","challenge":"short"}"#, "invalid_input"),
            (#"{"type":"join-room","challenge":"\#(id)x"}"#, "invalid_input"),
            (#"{"type":"join-room","challenge":"\#(id.dropLast())/"}"#, "invalid_input"),
            (#"{"type":"hint-request"}"#, "invalid_input"),
            (#"{"type":"challenge-update","challenge":"\#(id)"}"#, "invalid_input"),
            (#"{"type":"challenge-update","challenge":"\#(id)","progress":-1}"#, "invalid_input"),
            (#"{"type":"challenge-update","challenge":"\#(id)","progress":101}"#, "invalid_input"),
            (#"{"type":"challenge-update","challenge":"\#(id)","progress":"5"}"#, "invalid_message"),
            (
                #"{"type":"challenge-update","challenge":"\#(id)","progress":5,"state":"\#(long)"}"#,
                "invalid_input"
            ),
        ]
        // What other members' clients could not read.
        let deep = String(repeating: "[", count: 13) + String(repeating: "]", count: 13)
        for state in ["1e400", "[-1e400]", deep] {
            rows.append(
                (#"{"type":"challenge-update","challenge":"\#(id)","progress":5,"state":\#(state)}"#, "invalid_input"))
        }
        for row in rows {
            guard case .failure(let problem) = Self.parse(row.text) else {
                Issue.record("not refused: \(row.text)")
                continue
            }
            #expect(Self.text(problem.code) == row.code, "\(row.text)")
        }
    }
}
