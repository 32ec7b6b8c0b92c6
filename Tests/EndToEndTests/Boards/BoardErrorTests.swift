import TestSupport
import Testing

extension EndToEnd {
    /// What administrators and clients get wrong about boards. Nothing changes then.
    @Suite("Errors about boards", .forBoards, .timeLimit(.minutes(5)))
    struct BoardErrors {
        private static let long = String(repeating: "a", count: 65)

        /// Members that no board can have, each with the field that is at fault.
        private static let members: [(field: String, members: String)] = [
            ("colour", #""colour":1"#), ("Operator", #""Operator":null"#), ("generation", #""generation":3"#),
            ("board", #""board":"other""#), ("operator", #""operator":"max""#), ("operator", #""operator":1"#),
            ("order", #""order":"up""#), ("ties", #""ties":"none""#), ("visibility", #""visibility":"hidden""#),
            ("time_zone", #""time_zone":"Mars/Olympus""#), ("time_zone", #""time_zone":"GMT+3""#),
            ("time_zone", #""time_zone":"""#), ("grace_seconds", #""grace_seconds":-1"#),
            ("grace_seconds", #""grace_seconds":604801"#), ("keep_periods", #""keep_periods":10001"#),
            ("keep_periods", #""keep_periods":-1"#), ("group", #""group":"""#), ("group", #""group":"a b""#),
            ("group", #""group":"\#(long)""#), ("top", #""top":0"#), ("top", #""top":101"#), ("top", #""top":1.5"#),
            ("min_score", #""min_score":2,"max_score":1"#), ("min_score", #""min_score":9007199254740993"#),
            ("allow_decrease", #""allow_decrease":"yes""#), ("metadata", #""metadata":"text""#),
            ("metadata", #""metadata":[]"#),
            ("metadata", #""metadata":{"a":"\#(String(repeating: "x", count: 4096))"}"#),
        ]

        /// Values of `windows` that no board can have.
        private static let windows = [
            "[]", #"["day"]"#, #"["all","all"]"#, #""all""#, #"[1]"#, #"["Daily"]"#, #"["all",{"name":"a"}]"#,
            #"[{"name":"a","cron":"61 * * * *"}]"#, #"[{"name":"a","cron":"* * * *"}]"#,
            #"[{"name":"a","cron":"0 0 31 2 *"}]"#, #"[{"name":"a","cron":"*/0 * * * *"}]"#,
            #"[{"name":"a","cron":""}]"#, #"[{"name":"a","cron":"0 5 * * foo"}]"#,
            #"[{"name":"daily","cron":"0 5 * * *"}]"#, #"[{"name":"A","cron":"0 5 * * *"}]"#,
            #"[{"name":"a_b","cron":"0 5 * * *"}]"#, #"[{"name":"","cron":"0 5 * * *"}]"#,
            #"[{"name":"\#(String(repeating: "a", count: 33))","cron":"0 5 * * *"}]"#,
            #"[{"name":"a","cron":"0 5 * * *"},{"name":"a","cron":"0 6 * * *"}]"#,
            #"[{"name":"a","cron":"0 5 * * *","colour":1}]"#,
            #"[{"name":"a","starts_at":"2026-01-02T00:00:00Z","ends_at":"2026-01-02T00:00:00Z"}]"#,
            #"[{"name":"a","starts_at":"2026-01-02T00:00:00Z"}]"#,
            #"[{"name":"a","starts_at":"2026-01-02","ends_at":"2026-01-03"}]"#,
            #"[{"name":"a","starts_at":"2026-02-30T00:00:00Z","ends_at":"2026-03-03T00:00:00Z"}]"#,
            "[" + seasons(17) + "]",
        ]

        private static func seasons(_ count: Int) -> String {
            (0..<count).map { WindowText.season("s\($0)", 0, 4_000_000_000_000) }.joined(separator: ",")
        }

        private static let refusals: [(field: String, body: String)] =
            members.map { (field: $0.field, body: "{\($0.members)}") }
            + windows.map { (field: "windows", body: "{\"windows\":\($0)}") }

        @Test("400 invalid_input names the member, for PUT of a new and of an old board, and for PATCH")
        func validation() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("strict", #"{"windows":["all","weekly"],"top":4}"#)
            try await cluster.makeAction("strict", on: ["strict"])
            try await cluster.score("ann", "strict")
            try await cluster.boardsArePublished()
            let before = try await cluster.everything(["strict", "strict&window=weekly", "global"])
            try await Attempt.expectNothingChanges {
                for (field, body) in Self.refusals {
                    for (method, id) in [("PUT", "fresh"), ("PUT", "strict"), ("PATCH", "strict")] {
                        let answer = try await cluster.administer(method, "/boards/\(id)?reset=true", body)
                        let fault = ErrorForm.fault(
                            in: answer, status: 400, code: "invalid_input", message: Sentence.invalidInput,
                            field: field)
                        #expect(fault == nil, "\(method) \(id): \(body)")
                    }
                }
            }
            #expect(try await cluster.everything(["strict", "strict&window=weekly", "global"]) == before)
            #expect(try await cluster.administer("GET", "/boards/fresh").status == 404)
        }

        @Test("bodies, ids and queries out of form; unknown boards, windows and users")
        func requests() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("plain")
            try await cluster.boardsArePublished()
            let before = try await cluster.everything(["plain"])
            let cases: [(method: String, target: String, body: String?, status: Int, code: String, field: String?)] = [
                ("PUT", "/boards/plain", "[]", 400, "invalid_input", nil),
                ("PUT", "/boards/plain", "", 400, "invalid_input", nil),
                ("PUT", "/boards/plain", #"{"top":3,"top":4}"#, 400, "invalid_input", nil),
                ("PUT", "/boards/a%20b", "{}", 400, "invalid_input", "id"),
                ("PUT", "/boards/\(Self.long)", "{}", 400, "invalid_input", "id"),
                ("PUT", "/boards/plain?reset=maybe", "{}", 400, "invalid_input", "reset"),
                ("PATCH", "/boards/nope", "{}", 404, "unknown_board", nil),
                ("DELETE", "/boards/nope", nil, 404, "unknown_board", nil),
                ("GET", "/boards/nope", nil, 404, "unknown_board", nil),
                ("POST", "/boards/nope/reset", nil, 404, "unknown_board", nil),
                ("POST", "/boards/plain/reset", #"{"window":"daily"}"#, 404, "unknown_window", nil),
                ("POST", "/boards/plain/reset", #"{"period":"all"}"#, 400, "invalid_input", "period"),
                ("POST", "/boards/plain/reset", #"{"window":1}"#, 400, "invalid_input", "window"),
                ("DELETE", "/boards/nope/users/ann", nil, 404, "unknown_board", nil),
                ("DELETE", "/boards/plain/users/ann", nil, 404, "unknown_user", nil),
                ("GET", "/boards/nope/periods", nil, 404, "unknown_board", nil),
                ("GET", "/boards/plain/periods?window=daily", nil, 404, "unknown_window", nil),
                ("GET", "/boards/plain/periods?limit=0", nil, 400, "invalid_input", "limit"),
                ("GET", "/boards/plain/periods?cursor=zz", nil, 400, "invalid_input", "cursor"),
                ("GET", "/leaderboard?board=plain&window=daily", nil, 404, "unknown_window", nil),
                ("GET", "/leaderboard?board=plain&period=2026", nil, 404, "unknown_period", nil),
                ("POST", "/boards/plain", "{}", 405, "method_not_allowed", nil),
            ]
            try await Attempt.expectNothingChanges {
                for each in cases {
                    let answer = try await cluster.administer(each.method, each.target, each.body)
                    let fault = ErrorForm.fault(in: answer, status: each.status, code: each.code, field: each.field)
                    #expect(fault == nil, "\(each.method) \(each.target) \(each.body ?? "")")
                }
            }
            #expect(try await cluster.everything(["plain"]) == before)
        }

        @Test("401 without a token, 403 for players and game servers, on every change")
        func roles() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("guarded")
            try await cluster.makeAction("guarded", on: ["guarded"])
            try await cluster.score("ann", "guarded")
            try await cluster.boardsArePublished()
            let before = try await cluster.everything(["guarded"])
            let requests: [(String, String, String?)] = [
                ("PUT", "/boards/guarded", #"{"top":3}"#), ("PATCH", "/boards/guarded", #"{"top":3}"#),
                ("DELETE", "/boards/guarded", nil), ("POST", "/boards/guarded/reset", nil),
                ("DELETE", "/boards/guarded/users/ann", nil),
            ]
            let roles: [(String?, Int, String)] = [
                (nil, 401, "unauthorized"), ("player", 403, "forbidden"), ("service", 403, "forbidden"),
            ]
            try await Attempt.expectNothingChanges {
                for (method, target, body) in requests {
                    let type = [("Content-Type", "application/json")]
                    for (role, status, code) in roles {
                        let token = role.map { cluster.credentials.token("ann", role: $0) }
                        let headers = type + (token.map { [("Authorization", "Bearer " + $0)] } ?? [])
                        let answer = try await TinyHTTP.request(
                            method, port: try cluster.port(), target, headers: headers, body: body)
                        #expect(ErrorForm.fault(in: answer, status: status, code: code) == nil, "\(method) \(target)")
                    }
                }
            }
            #expect(try await cluster.everything(["guarded"]) == before)
        }

        @Test("actions on boards of two groups, on too many rankings, or that only make scores worse")
        func actions() async throws {
            let cluster = try Cluster.ofSuite
            for index in 0..<5 {
                let windows = index < 4 ? "[\(Self.seasons(16))]" : #"["all"]"#
                try await cluster.makeBoard("many\(index)", #"{"group":"many","windows":\#(windows)}"#)
            }
            for index in 0..<17 { try await cluster.makeBoard("wide\(index)", #"{"group":"wide"}"#) }
            try await cluster.makeBoard("low", #"{"order":"asc","group":"wide"}"#)
            try await cluster.makeBoard("minus", #"{"operator":"decrement","group":"wide"}"#)
            try await cluster.makeBoard("free", #"{"allow_decrease":true,"group":"wide"}"#)
            try await cluster.boardsArePublished()
            let before = try await cluster.everything(["wide0"])
            func names(_ prefix: String, _ count: Int) -> String {
                (0..<count).map { "\"\(prefix)\($0)\"" }.joined(separator: ",")
            }
            let bodies = [
                ("boards", #"{"points":1,"boards":["many0","wide0"]}"#),
                ("boards", #"{"points":1,"boards":[\#(names("many", 5))]}"#),
                ("boards", #"{"points":1,"boards":[\#(names("wide", 17))]}"#),
                ("points", #"{"points":-1,"boards":["wide0"]}"#), ("points", #"{"points":1,"boards":["low"]}"#),
                ("points", #"{"points":1,"boards":["free","minus"]}"#),
                (
                    "min_score",
                    #"{"points":0,"boards":["wide0"],"submits_score":true,"min_score":-9,"max_score":-1}"#
                ),
            ]
            try await Attempt.expectNothingChanges {
                for (field, body) in bodies {
                    let answer = try await cluster.administer("PUT", "/actions/refused", body)
                    let fault = ErrorForm.fault(in: answer, status: 400, code: "invalid_input", field: field)
                    #expect(fault == nil, "\(body)")
                }
            }
            #expect(try await cluster.everything(["wide0"]) == before)
            for (id, body) in [
                ("full", #"{"points":1,"boards":[\#(names("many", 4))]}"#),
                ("broad", #"{"points":1,"boards":[\#(names("wide", 16))]}"#),
                ("down", #"{"points":-1,"boards":["free","low","minus"]}"#),
            ] {
                let answer = try await cluster.administer("PUT", "/actions/\(id)", body)
                #expect(answer.status == 201, "\(body): \(answer.text)")
            }
        }

        @Test("a board does not change into one that its actions cannot use")
        func actionsInTheWay() async throws {
            let cluster = try Cluster.ofSuite
            for index in 0..<4 {
                try await cluster.makeBoard("use\(index)", #"{"group":"in-use","windows":[\#(Self.seasons(16))]}"#)
            }
            try await cluster.makeBoard("use4", #"{"group":"in-use","windows":["all"],"allow_decrease":true}"#)
            try await cluster.makeAction("three", points: 1, on: ["use0", "use1", "use2", "use4"])
            try await cluster.makeAction("worse", points: -1, on: ["use4"])
            try await cluster.boardsArePublished()
            let before = try await cluster.everything(["use4"])
            for body in [#"{"allow_decrease":false}"#, #"{"group":"elsewhere"}"#] {
                try await Attempt.expectNothingChanges {
                    for suffix in ["", "?reset=true"] {
                        let answer = try await cluster.administer("PATCH", "/boards/use4\(suffix)", body)
                        #expect(ErrorForm.fault(in: answer, status: 409, code: "board_in_use") == nil, "\(body)")
                    }
                }
                #expect(try await cluster.everything(["use4"]) == before)
            }
            // 48 rankings and 16 are as many as an action may have; one more is too many.
            let more = #"{"windows":["all",\#(Self.seasons(15))]}"#
            let wide = try await cluster.administer("PATCH", "/boards/use4", more)
            #expect(wide.status == 200, "\(wide.text)")
            try await cluster.makeBoard("use5", #"{"group":"in-use","windows":["all"]}"#)
            let fifth = #"{"points":1,"boards":["use0","use1","use2","use4","use5"]}"#
            let tooMany = try await cluster.administer("PUT", "/actions/three", fifth)
            #expect(ErrorForm.fault(in: tooMany, status: 400, code: "invalid_input", field: "boards") == nil)
            let less = try await cluster.administer("PATCH", "/boards/use4", #"{"windows":["all"]}"#)
            #expect(less.status == 200, "\(less.text)")
            #expect(try await cluster.administer("PUT", "/actions/three", fifth).status == 200)
            let grown = try await cluster.administer("PATCH", "/boards/use4", more)
            #expect(ErrorForm.fault(in: grown, status: 400, code: "invalid_input", field: "windows") == nil)
        }
    }
}
