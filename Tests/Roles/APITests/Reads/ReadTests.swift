import API
import Leaderboard
import NIOHTTP1
import Signing
import Testing

/// The reads of rankings: their answers and errors, tags, private boards and pages of other origins.
@Suite(.timeLimit(.minutes(1)))
struct ReadTests {
    private static let users = ["a": 50, "b": 40, "c": 40, "d": 30, "e é/": 20] as [String: Int64]

    private static func api(origins: [String] = []) async throws -> TestAPI {
        let stores = FakeStores(
            boards: [
                Board(id: "global", windows: [.all, Window(name: "yearly", kind: .yearly)]),
                Board(id: "secret", visibility: .private),
            ], now: TestAPI.now)
        stores.change { $0.scores[Ranking(board: "global")] = users }
        return try await TestAPI(stores, origins: origins)
    }

    @Test(
        "Each read answers in its form",
        arguments: [
            (
                "/leaderboard?limit=2&fields=updated_at,name",
                #"{"board":"global","window":"all","period":"all","epoch":"e","version":7,"total":5,"entries":["#
                    + #"{"rank":1,"user_id":"a","score":50,"updated_at":"1970-01-01T00:00:01.000Z"},"#
                    + #"{"rank":2,"user_id":"b","score":40,"updated_at":"1970-01-01T00:00:01.000Z"}],"next":"@"}"#
            ),
            (
                "/leaderboard?offset=4&limit=2",
                #"{"board":"global","window":"all","period":"all","epoch":"e","version":7,"total":5,"entries":["#
                    + #"{"rank":5,"user_id":"e é/","score":20}],"next":null}"#
            ),
            (
                "/leaderboard/around?user_id=b&limit=3",
                #"{"board":"global","window":"all","period":"all","epoch":"e","version":7,"total":5,"entries":["#
                    + #"{"rank":1,"user_id":"a","score":50},{"rank":2,"user_id":"b","score":40},"#
                    + #"{"rank":3,"user_id":"c","score":40}]}"#
            ),
            (
                "/leaderboard/users/e%20%C3%A9%2F",
                #"{"board":"global","window":"all","period":"all","user_id":"e é/","rank":5,"score":20,"total":5,"#
                    + #""percentile":0.0,"updated_at":"1970-01-01T00:00:01.000Z"}"#
            ),
            (
                "/leaderboard/users/c?all_windows=true",
                #"{"windows":[{"board":"global","window":"all","period":"all","user_id":"c","rank":3,"score":40,"#
                    + #""total":5,"percentile":75.0,"updated_at":"1970-01-01T00:00:01.000Z"}]}"#
            ),
            ("/leaderboard/rank?score=40", #"{"rank":4,"total":5}"#),
            ("/leaderboard/score?rank=4", #"{"entry":{"rank":4,"user_id":"d","score":30}}"#),
            (
                "/leaderboard/top?percent=21&limit=1",
                #"{"count":2,"score":40,"entries":[{"rank":1,"user_id":"a","score":50}]}"#
            ),
            ("/leaderboard/top?percent=100&window=yearly", #"{"count":0,"score":null,"entries":[]}"#),
        ])
    func answers(_ uri: String, _ expected: String) async throws {
        let answer = try await Self.api().send(.GET, uri)
        let next = answer.body.replacing(/"next":"[0-9a-f]+"/, with: #""next":"@""#)
        #expect(answer.status == 200 && next == expected)
        #expect(answer.fields.first(name: "Cache-Control") == "no-cache")
        #expect(answer.fields.first(name: "ETag")?.hasPrefix("\"") == true)
    }

    @Test("Some users are ranked among each other; duplicates count once")
    func users() async throws {
        let api = try await Self.api()
        let body = #"{"user_ids":["d","x","b","d","x"]}"#
        #expect(
            try await api.send(.POST, "/leaderboard/users?board=global", body).body
                == #"{"entries":[{"rank":2,"user_id":"b","score":40,"position":1},"#
                + #"{"rank":4,"user_id":"d","score":30,"position":2}],"missing":["x"]}"#)
        for body in [
            "{}", #"{"user_ids":[]}"#, #"{"user_ids":[""]}"#, #"{"user_ids":[7]}"#,
            "{\"user_ids\":[\((0...1000).map { "\"u\($0)\"" }.joined(separator: ","))]}",
        ] {
            #expect(try await api.send(.POST, "/leaderboard/users", body).outcome == "400 invalid_input")
        }
        #expect(try await api.send(.POST, "/leaderboard/users").outcome == "415 unsupported_media_type")
        let secret = "/leaderboard/users?board=secret"
        #expect(try await api.send(.POST, secret, body).outcome == "401 unauthorized")
        #expect(try await api.send(.POST, secret, body, as: .player).status == 200)
    }

    @Test(
        "Errors have their status and code",
        arguments: [
            ("/leaderboard?board=no", "404 unknown_board"), ("/leaderboard?window=no", "404 unknown_window"),
            ("/leaderboard?period=no", "404 unknown_period"), ("/leaderboard?limit=1001", "400 invalid_input"),
            ("/leaderboard/around", "400 invalid_input"), ("/leaderboard/around?user_id=%00", "400 invalid_input"),
            ("/leaderboard/around?user_id=a&limit=102", "400 invalid_input"),
            ("/leaderboard/around?user_id=x", "404 unknown_user"), ("/leaderboard/users/x", "404 unknown_user"),
            ("/leaderboard/users/x?all_windows=true", "404 unknown_user"),
            ("/leaderboard/users/%C3", "400 invalid_input"),
            ("/leaderboard/users/a?all_windows=1", "400 invalid_input"),
            ("/leaderboard/users/a?all_windows=true&window=all", "400 invalid_input"),
            ("/leaderboard/users/a?all_windows=true&period=current", "400 invalid_input"),
            ("/leaderboard/rank", "400 invalid_input"), ("/leaderboard/rank?score=1.5", "400 invalid_input"),
            ("/leaderboard/rank?score=9007199254740992", "400 invalid_input"),
            ("/leaderboard/score?rank=0", "400 invalid_input"), ("/leaderboard/score?rank=6", "404 unknown_rank"),
            ("/leaderboard/top", "400 invalid_input"), ("/leaderboard/top?percent=0", "400 invalid_input"),
            ("/leaderboard/top?percent=100.1", "400 invalid_input"),
            ("/leaderboard?board=secret", "401 unauthorized"),
            ("/leaderboard/users/a?board=secret", "401 unauthorized"),
            ("/leaderboard/rank?score=1&board=secret", "401 unauthorized"),
            ("/leaderboard/score?rank=1&board=secret", "401 unauthorized"),
            ("/leaderboard/top?percent=1&board=secret", "401 unauthorized"),
            ("/leaderboard/around?user_id=a&board=secret", "401 unauthorized"),
        ])
    func errors(_ uri: String, _ expected: String) async throws {
        let api = try await Self.api()
        let answer = try await api.send(.GET, uri)
        #expect(answer.outcome == expected, "\(answer.body)")
        #expect(answer.fields.first(name: "ETag") == nil)
    }

    @Test("A private board is shown with any valid token")
    func privateBoards() async throws {
        let api = try await Self.api()
        for uri in [
            "/leaderboard?board=secret", "/leaderboard?board=secret&offset=1", "/leaderboard/rank?score=1&board=secret",
        ] {
            #expect(try await api.send(.GET, uri, as: .player).status == 200)
            let wrong = try await api.send(.GET, uri, fields: ["Authorization": "Bearer x"])
            #expect(wrong.outcome == "401 unauthorized")
        }
    }

    @Test("A client that has the answer gets 304 until it changes")
    func tags() async throws {
        let api = try await Self.api()
        for uri in ["/leaderboard?limit=3", "/leaderboard/users/a", "/leaderboard/rank?score=1"] {
            let tag = try #require(try await api.send(.GET, uri).fields.first(name: "ETag"))
            for field in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let answer = try await api.send(.GET, uri, fields: ["If-None-Match": field])
                #expect(answer.status == 304 && answer.body.isEmpty, "\(field)")
                #expect(answer.fields.first(name: "ETag") == tag && answer.fields.first(name: "Content-Type") == nil)
                #expect(answer.fields.first(name: "Cache-Control") == "no-cache")
            }
            for field in ["\"x\"", "x\(tag)", ""] {
                #expect(try await api.send(.GET, uri, fields: ["If-None-Match": field]).status == 200)
            }
        }
        let other = try await api.send(.GET, "/leaderboard?limit=4").fields.first(name: "ETag")
        #expect(try await api.send(.GET, "/leaderboard?limit=3").fields.first(name: "ETag") != other)
    }

    @Test("Pages lead through the whole ranking, and HEAD goes with GET")
    func pages() async throws {
        let api = try await Self.api()
        var (users, uri) = ("", "/leaderboard?limit=2")
        while true {
            let body = try await api.send(.GET, uri).body
            users += body.matches(of: /"user_id":"(.)/).map { String($0.1) }.joined()
            guard let next = body.firstMatch(of: /"next":"([0-9a-f]+)"/)?.1 else { break }
            uri = "/leaderboard?limit=2&cursor=\(next)"
        }
        #expect(users == "abcde")
        #expect(try await api.send(.HEAD, "/leaderboard?limit=2").status == 200)
        #expect(try await api.send(.GET, "//leaderboard/users//a/?board=global").status == 200)
        #expect(try await api.send(.POST, "/leaderboard", "{}").outcome == "405 method_not_allowed")
        #expect(try await api.send(.GET, "/leaderboard/users").outcome == "405 method_not_allowed")
    }

    @Test("Pages of allowed origins may read the answers and their tags")
    func origins() async throws {
        let api = try await Self.api(origins: ["https://game.example"])
        for uri in ["/leaderboard", "/leaderboard/users/a", "/leaderboard?board=no"] {
            let answer = try await api.send(.GET, uri, fields: ["Origin": "https://game.example"])
            #expect(answer.fields.first(name: "Access-Control-Allow-Origin") == "https://game.example")
            #expect(answer.fields.first(name: "Access-Control-Expose-Headers")?.contains("ETag") == true)
            #expect(answer.fields[canonicalForm: "Cache-Control"].count == 1)
            let other = try await api.send(.GET, uri, fields: ["Origin": "https://other.example"])
            #expect(other.fields.first(name: "Access-Control-Allow-Origin") == nil)
        }
    }

    @Test("While Redis is away, reads say so")
    func away() async throws {
        let api = try await Self.api()
        api.stores.change { $0.isAway = true }
        for uri in ["/leaderboard", "/leaderboard?offset=1", "/leaderboard/users/a", "/leaderboard/score?rank=1"] {
            #expect(try await api.send(.GET, uri).outcome == "503 unavailable")
        }
        api.stores.change { $0.known = nil }
        #expect(try await api.send(.GET, "/leaderboard").outcome == "503 unavailable")
    }

    @Test(
        "Percentages are exact",
        arguments: [
            ("1", 10_000), ("100", 1_000_000), ("100.0000", 1_000_000), ("0.0001", 1), ("0.5", 5_000),
            ("99.9999", 999_999),
            ("0", nil), ("0.00001", nil), ("100.0001", nil), ("", nil), (".5", nil), ("5.", nil), ("-1", nil),
            ("1e1", nil),
            ("1 ", nil), ("99999999999999999999", nil),
        ] as [(String, Int64?)])
    func percent(_ text: String, _ expected: Int64?) { #expect(Percent.millionths(text) == expected) }
}
