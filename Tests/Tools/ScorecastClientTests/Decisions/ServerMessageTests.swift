import ScorecastClient
import StrictJSON
import Testing

@Suite struct ServerMessageTests {
    private func read(_ text: String, bytesMax: Int = 1 << 20) throws(JSONError) -> ServerMessage {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBytes { raw in
            Result { () throws(JSONError) -> ServerMessage in try ServerMessage(raw, bytesMax: bytesMax) }
        }.get()
    }

    @Test func snapshotsAndUpdates() throws {
        let body = #""board":"global","window":"all","period":"all","epoch":"3ra","version":461,"at":1795217415865,"#
        let entries = #""entries":[{"rank":1,"user_id":"halcyon","score":-321}]"#
        let state = ScoreboardState(
            board: "global", window: "all", period: "all", epoch: "3ra", version: 461, at: 1_795_217_415_865,
            entries: [ScoreboardEntry(rank: 1, userID: "halcyon", score: -321)])
        #expect(try read(#"{"type":"snapshot",\#(body)\#(entries)}"#) == .state(state, isSnapshot: true))
        // In any order, with unknown members.
        #expect(
            try read(#"{\#(body)"new":{"type":1},\#(entries),"type":"leaderboard-update"}"#)
                == .state(state, isSnapshot: false))
    }

    @Test("A delta is read with each kind of change")
    func deltas() throws {
        let text = #"""
            {"type":"leaderboard-delta","board":"global","window":"all","epoch":"e","from":462,"version":465,"at":7,
             "changes":[{"op":"leave","user_id":"zed","rank":10,"score":41},
              {"op":"enter","user_id":"k\u0030ji","rank":4,"score":123},{"op":"move","user_id":"m","rank":1,"score":9},
              {"op":"score","user_id":"halcyon","rank":1,"score":331}]}
            """#
        #expect(
            try read(text)
                == .delta(
                    ScoreboardDelta(
                        epoch: "e", from: 462, version: 465, at: 7,
                        changes: [
                            .init(.leave, userID: "zed", rank: 10, score: 41),
                            .init(.enter, userID: "k0ji", rank: 4, score: 123),
                            .init(.move, userID: "m", rank: 1, score: 9),
                            .init(.score, userID: "halcyon", rank: 1, score: 331),
                        ])))
    }

    @Test("A delta of a board with shared ranks has a period and positions")
    func deltasByUser() throws {
        let text = #"""
            {"type":"leaderboard-delta","board":"b","window":"daily","period":"2026-11-20","epoch":"e","from":1,
             "version":2,"at":7,"changes":[{"op":"move","user_id":"m","rank":2,"score":9,"position":3}]}
            """#
        let change = ScoreboardDelta.Change(.move, userID: "m", rank: 2, score: 9, position: 3)
        #expect(
            try read(text)
                == .delta(
                    ScoreboardDelta(
                        period: "2026-11-20", epoch: "e", from: 1, version: 2, at: 7, changes: [change])))
    }

    @Test("Messages that are not about a top are read, and unknown types are passed over")
    func others() throws {
        #expect(try read(#"{"type":"reconnect","after_ms":1234}"#) == .reconnect(after: .milliseconds(1234)))
        #expect(try read(#"{"type":"reconnect","after_ms":-1}"#) == .reconnect(after: .zero))
        #expect(try read(#"{"since":1795217415865,"type":"stale","more":[]}"#) == .stale(since: 1_795_217_415_865))
        #expect(try read(#"{"type":"current"}"#) == .current)
        #expect(
            try read(#"{"type":"error","code":"c","message":"m"}"#) == .error(code: "c", message: "m"))
        #expect(try read(#"{"type":"of-later","version":"two","entries":{}}"#) == .other)
    }

    @Test(arguments: [
        "", "[]", "null", "{}", #"{"type":"snapshot"}"#, #"{"type":1}"#, #"{"type":"reconnect"}"#,
        #"{"type":"reconnect","after_ms":1.5}"#, #"{"type":"reconnect","after_ms":1,"after_ms":1}"#,
        #"{"type":"stale"}"#, #"{"type":"stale","since":"1"}"#, #"{"type":"reconnect","after_ms":1}x"#,
        #"{"type":"reconnect","after_ms":"#,
        #"{"type":"snapshot","board":"b","window":"all","epoch":"e","version":1,"at":1,"entries":[{"rank":1}]}"#,
        #"{"type":"snapshot","board":"b","window":"all","epoch":"e","version":1,"at":1,"#
            + #""entries":[{"rank":0,"user_id":"u","score":1}]}"#,
        #"{"type":"leaderboard-delta","epoch":"e","from":1,"version":2,"at":1,"#
            + #""changes":[{"op":"swap","user_id":"u","rank":1,"score":1}]}"#,
        #"{"type":"leaderboard-delta","epoch":"e","from":1,"version":2,"at":1,"#
            + #""changes":[{"op":"move","user_id":"u","rank":1,"score":1,"position":0}]}"#,
    ])
    func whatIsOutOfFormIsRefused(text: String) {
        #expect(throws: JSONError.self) { try read(text) }
    }

    @Test("Messages with too many entries or changes are refused")
    func limitsHold() throws {
        let row = #"{"rank":1,"user_id":"u","score":1}"#
        func snapshot(_ count: Int) -> String {
            #"{"type":"snapshot","board":"b","window":"all","epoch":"e","version":1,"at":1,"entries":["#
                + Array(repeating: row, count: count).joined(separator: ",") + "]}"
        }
        _ = try read(snapshot(ServerMessage.entriesMax))
        #expect(throws: JSONError.self) { try read(snapshot(ServerMessage.entriesMax + 1)) }
        #expect(throws: JSONError.self) { try read(snapshot(10), bytesMax: 100) }
    }
}
