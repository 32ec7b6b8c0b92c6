import TestSupport
import Testing

extension EndToEnd {
    /// One update that counts on many rankings, or on none.
    @Suite("Updates of several windows", .forBoards, .timeLimit(.minutes(3)))
    struct WindowUpdates {
        private static let hour: Int64 = 3_600_000

        /// One ranking in the list of a reply.
        private static func row(
            _ board: String, _ window: String, _ period: JSON?, _ score: Int64, _ rank: Int64, improved: Bool = true
        ) -> JSON {
            [
                "board": .string(board), "window": .string(window), "period": period ?? .null,
                "score": .integer(score), "rank": .integer(rank), "improved": .bool(improved),
            ]
        }

        private static func period(_ cluster: Cluster, _ query: String) async throws -> JSON? {
            try await cluster.get("/leaderboard?board=\(query)").json["period"]
        }

        @Test("the reply lists all rankings, and a replay on the other node gives the same list")
        func list() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("sum", #"{"group":"list","windows":["daily","all"]}"#)
            try await cluster.makeBoard(
                "low", #"{"group":"list","operator":"best","order":"asc","ties":"shared","windows":["all","yearly"]}"#)
            try await cluster.makeAction("list", on: ["sum", "low"], submits: true)
            let (day, year) = (
                try await Self.period(cluster, "sum&window=daily"), try await Self.period(cluster, "low&window=yearly")
            )
            try await cluster.score("ann", "list", newScore: 10)
            let id = cluster.credentials.actionID("bob", "list")
            let first = try await cluster.update("bob", id: id, newScore: 10)
            let expected: JSON = [
                "status": "success", "message": "Score updated successfully", "success": true, "new_score": 10,
                "rank": 2, "board": "sum", "replayed": false,
                "boards": [
                    Self.row("sum", "daily", day, 10, 2), Self.row("sum", "all", "all", 10, 2),
                    Self.row("low", "all", "all", 10, 1), Self.row("low", "yearly", year, 10, 1),
                ],
            ]
            #expect(try first.json == expected, "\(first.text)")
            // `best` keeps the better score of one board, while the sum of the other one grows.
            let second = try await cluster.score("bob", "list", newScore: 12)
            #expect(
                second["boards"] == [
                    Self.row("sum", "daily", day, 22, 1), Self.row("sum", "all", "all", 22, 1),
                    Self.row("low", "all", "all", 10, 1, improved: false),
                    Self.row("low", "yearly", year, 10, 1, improved: false),
                ], "\(second.text)")
            #expect(second["improved"] == nil && second["new_score"] == 22)
            for node in 0..<2 {
                try await eventually("node \(node) knows the action") {
                    let again = try await cluster.update("bob", id: id, newScore: 10, node: node)
                    guard again.status == 200 else { return false }
                    guard case .object(var members) = expected else { return false }
                    members["replayed"] = true
                    #expect(try again.json == .object(members), "\(again.text)")
                    return true
                }
            }
        }

        @Test("a board with one ranking has no list, and says when best kept the old score")
        func improved() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("best", #"{"operator":"best"}"#)
            try await cluster.makeAction("best", on: ["best"], submits: true)
            let better = try await cluster.score("ann", "best", newScore: 9)
            #expect(better["boards"] == nil && better["improved"] == nil && better["new_score"] == 9)
            let id = cluster.credentials.actionID("ann", "best")
            for replayed in [false, true] {
                let kept = try await cluster.update("ann", id: id, newScore: 4)
                #expect(
                    try kept.json == [
                        "status": "success", "message": "Score updated successfully", "success": true, "new_score": 9,
                        "rank": 1, "board": "best", "replayed": .bool(replayed), "improved": false,
                    ], "\(kept.text)")
            }
        }

        @Test("a sealed period is left out and named; the rest counts; 409 period_sealed if nothing is left")
        func sealed() async throws {
            let cluster = try Cluster.ofSuite
            let now = Credentials.milliseconds
            let end = now + 8000
            let season = WindowText.season("season", now - Self.hour, end)
            let over = WindowText.season("over", now - 2 * Self.hour, now - Self.hour)
            let later = WindowText.season("later", now + Self.hour, now + 2 * Self.hour)
            for (id, windows) in [
                ("mixed", #"\#(season),"all",\#(over),\#(later)"#), ("seasonal", "\(season),\(over),\(later)"),
            ] {
                try await cluster.makeBoard(id, #"{"grace_seconds":0,"windows":[\#(windows)]}"#)
                try await cluster.makeAction(id, on: [id])
            }
            // Seasons that do not run take nothing, and are not named.
            let both = try await cluster.score("ann", "mixed")
            #expect(
                both["boards"] == [
                    Self.row("mixed", "season", "season", 5, 1), Self.row("mixed", "all", "all", 5, 1),
                ], "\(both.text)")
            let running = try await cluster.score("ann", "seasonal")
            #expect(running["boards"] == nil && running["sealed"] == nil)
            try #require(Credentials.milliseconds < end, "this machine is too slow for the test")
            let ids = ["mixed", "seasonal"].map { cluster.credentials.actionID("ann", $0) }
            let lateID = cluster.credentials.actionID("ann", "seasonal", issuedAt: end + 1)
            try await cluster.waitUntil(end + 1)

            for (replayed, node) in [(false, 1), (true, 0)] {
                let left = try await cluster.update("ann", id: ids[0], node: node)
                #expect(
                    try left.json == [
                        "status": "success", "message": "Score updated successfully", "success": true,
                        "new_score": 10, "rank": 1, "board": "mixed", "replayed": .bool(replayed),
                        "boards": [Self.row("mixed", "all", "all", 10, 1)],
                        "sealed": [["board": "mixed", "window": "season", "period": "season"]],
                    ], "\(left.text)")
            }
            #expect(try await cluster.entries("mixed&window=season").standings == [Standing(user: "ann", score: 5)])
            for id in [ids[1], lateID] {
                try await Attempt.expectNothingChanges {
                    for node in 0..<2 {
                        let answer = try await cluster.update("ann", id: id, node: node)
                        #expect(ErrorForm.fault(in: answer, status: 409, code: "period_sealed") == nil)
                    }
                }
            }
            let rows = try await cluster.get("/boards/seasonal/periods").json["periods"]?.array
            #expect(rows?.first?["state"] == "sealed" && rows?.first?["entries"] == 1)
        }

        @Test("if one board refuses an update, none takes it: a decrease, or a bound")
        func allOrNothing() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("open", #"{"group":"all","windows":["all","daily"],"allow_decrease":true}"#)
            try await cluster.makeBoard("set", #"{"group":"all","operator":"set","max_score":100,"min_score":-5}"#)
            try await cluster.makeAction("both", on: ["open", "set"], submits: true)
            try await cluster.score("ann", "both", newScore: 50)
            let boards = ["open", "open&window=daily", "set"]
            try await cluster.boardsArePublished()
            let before = try await cluster.everything(boards)
            for (score, code) in [
                (49, "decrease_not_allowed"), (101, "suspicious_activity"), (-6, "suspicious_activity"),
            ] {
                let id = cluster.credentials.actionID("ann", "both")
                try await Attempt.expectNothingChanges {
                    for _ in 0..<2 {
                        let answer = try await cluster.update("ann", id: id, newScore: Int64(score))
                        #expect(ErrorForm.fault(in: answer, status: 403, code: code) == nil, "\(score)")
                    }
                }
                #expect(try await cluster.everything(boards) == before)
            }
            // The first score of a user is never a decrease, and an equal one is none either.
            #expect(try await cluster.score("bob", "both", newScore: -5)["new_score"] == -5)
            let same = try await cluster.score("ann", "both", newScore: 50)
            let rows = same["boards"]?.array ?? []
            #expect(rows.map { $0["score"] } == [100, 100, 50])
            #expect(rows.map { $0["improved"] } == [true, true, false])
        }
    }
}
