import TestSupport
import Testing

extension EndToEnd {
    /// The scores of boards: emptied by administrators, kept from a change of the form, and listed by periods.
    @Suite("Scores of boards", .forBoards, .timeLimit(.minutes(5)))
    struct BoardScores {
        private static let windows = """
            "windows":["all","daily",{"name":"shift","cron":"0 22 * * *"},\
            {"name":"s1","starts_at":"2026-01-01T00:00:00Z","ends_at":"2126-01-01T00:00:00Z"}]
            """

        /// Each member of the form, with another value for it.
        private static let forms = [
            #"{"operator":"set"}"#, #"{"order":"asc"}"#, #"{"ties":"shared"}"#, #"{"group":"other"}"#,
            #"{"time_zone":"Europe/Berlin"}"#, windows(cron: "0 23 * * *"), windows(start: "2026-01-02"),
            #"{"windows":["all","daily"]}"#,
        ]

        private static func windows(cron: String = "0 22 * * *", start: String = "2026-01-01") -> String {
            "{" + windows.replacing("0 22 * * *", with: cron).replacing("2026-01-01T", with: start + "T") + "}"
        }

        @Test("the form of a board with scores changes only with ?reset=true, which empties it", arguments: forms)
        func form(_ patch: String) async throws {
            let cluster = try Cluster.ofSuite
            let id = "form-" + Credentials.base64URL(Credentials.randomBytes(6))
            try await cluster.makeBoard(id, #"{"allow_decrease":true,\#(Self.windows)}"#)
            try await cluster.makeAction(id, on: [id])
            try await cluster.score("ann", id)
            try await cluster.score("bob", id, node: 1)
            try await cluster.boardsArePublished()
            let before = try await cluster.everything([id, "\(id)&window=s1", "\(id)&window=daily"])
            for suffix in ["", "?reset=false"] {
                try await Attempt.expectNothingChanges {
                    let answer = try await cluster.administer("PATCH", "/boards/\(id)\(suffix)", patch)
                    #expect(ErrorForm.fault(in: answer, status: 409, code: "board_in_use") == nil)
                }
            }
            #expect(try await cluster.everything([id, "\(id)&window=s1", "\(id)&window=daily"]) == before)

            let changed = try await cluster.administer("PATCH", "/boards/\(id)?reset=true", patch)
            #expect(changed.status == 200, "\(changed.text)")
            guard case .object(let members) = try JSON(patch.utf8) else { return }
            for (name, value) in members where name != "windows" { #expect(try changed.json[name] == value) }
            #expect(try await cluster.entries(id).isEmpty)
            #expect(try await cluster.entries("\(id)&window=daily").isEmpty)
            // Both nodes go on by the new form, the other one without any wait.
            let reply = try await cluster.score("ann", id, node: 1)
            #expect(reply["new_score"] == 5 && reply["rank"] == 1)
            #expect(try await cluster.score("ann", id)["new_score"] == (patch.contains("set") ? 5 : 10))
            #expect(try await cluster.entries(id).count == 1)
        }

        @Test("a reset of one window leaves the others; watchers get the empty top with a higher version")
        func reset() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("reset", #"{"windows":["all","daily"]}"#)
            try await cluster.makeAction("reset", on: ["reset"])
            for user in ["ann", "bob"] { try await cluster.score(user, "reset") }
            let port = try #require(cluster.gateways.first).port
            let daily = try await MessageLog.both(port: port, "?board=reset&window=daily")
            let all = try await MessageLog.both(port: port, "?board=reset")
            let version = try #require(daily[0].last?["version"]?.integer)
            let answer = try await cluster.administer("POST", "/boards/reset/reset", #"{"window":"daily"}"#)
            #expect(answer.status == 204, "\(answer.text)")
            for log in daily {
                try await eventually("the empty top came", timeout: .seconds(2) + EndToEnd.machineSlack) {
                    log.last?["entries"] == [] && log.last?["version"]?.integer == version + 1
                }
            }
            #expect(try await cluster.entries("reset&window=daily").isEmpty)
            for node in 0..<2 { #expect(try await cluster.entries("reset", node: node).count == 2) }
            #expect(all.allSatisfy { $0.types == ["snapshot"] })
            // A new score counts in both, and the whole board is emptied without a body.
            #expect(try await cluster.score("ann", "reset")["new_score"] == 10)
            #expect(try await cluster.entries("reset&window=daily").standings == [Standing(user: "ann", score: 5)])
            #expect(try await cluster.administer("POST", "/boards/reset/reset").status == 204)
            for log in daily + all {
                try await eventually("the empty top came") { log.last?["entries"] == [] }
                log.stop()
            }
            for window in ["all", "daily"] {
                #expect(try await cluster.entries("reset&window=\(window)").isEmpty)
            }
        }

        @Test("a user is deleted from all current windows, and begins again")
        func deleteUser() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("users", #"{"windows":["all","hourly"],"ties":"dense"}"#)
            try await cluster.makeAction("users", on: ["users"])
            for user in ["ann", "bob", "cid"] { try await cluster.score(user, "users") }
            let port = try #require(cluster.gateways.first).port
            let logs = try await MessageLog.both(port: port, "?board=users")
            #expect(try await cluster.administer("DELETE", "/boards/users/users/bob").status == 204)
            for window in ["all", "hourly"] {
                let left = try await cluster.entries("users&window=\(window)").standings
                #expect(left == [Standing(user: "ann", score: 5), Standing(user: "cid", score: 5)])
            }
            for log in logs {
                try await eventually("the watchers see it") { log.last?["entries"]?.array?.count == 2 }
                log.stop()
            }
            let again = try await cluster.administer("DELETE", "/boards/users/users/bob")
            #expect(ErrorForm.fault(in: again, status: 404, code: "unknown_user") == nil)
            #expect(try await cluster.score("bob", "users")["new_score"] == 5)
        }

        @Test("the periods of a window: page by page, newest first, without gaps")
        func periods() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("periods", #"{"windows":["hourly","all"],"keep_periods":7}"#)
            try await cluster.makeAction("periods", on: ["periods"])
            try await cluster.score("ann", "periods")
            let all = try await cluster.get("/boards/periods/periods?window=all").json
            let whole: JSON = [
                "window": "all", "period": "all", "starts_at": nil, "ends_at": nil, "state": "open", "entries": 1,
                "checksum": nil,
            ]
            #expect(all == ["periods": [whole], "next": nil], "\(all.text)")
            // The board has only the periods since it was made.
            _ = try await cluster.ledger.rows(
                "UPDATE boards SET created_at = now() - interval '2 days' WHERE board = 'periods'")
            var rows: [JSON] = []
            try await eventually("the node knows when it was made", timeout: .seconds(5)) {
                rows = try await Self.pages(cluster, "/boards/periods/periods?limit=3")
                return rows.count > 2
            }
            // As many sealed ones as are kept, and those that are not sealed.
            #expect(rows.filter { $0["state"] == "sealed" }.count == 7)
            #expect((1...2).contains(rows.count - 7))
            #expect(rows.first?["state"] == "open" && rows.first?["entries"] == 1)
            #expect(rows.dropFirst().allSatisfy { $0["entries"] == 0 && $0["checksum"] == .null })
            #expect(zip(rows, rows.dropFirst()).allSatisfy { $0["starts_at"] == $1["ends_at"] })
            #expect(Set(rows.map { $0["period"] }).count == rows.count)
            for row in rows {
                let name = try #require(row["period"]?.string)
                let answer = try await cluster.get("/leaderboard?board=periods&window=hourly&period=\(name)")
                #expect(answer.status == 200, "\(name): \(answer.text)")
                #expect(try answer.json["total"] == row["entries"])
            }
            let previous = try await cluster.get("/leaderboard?board=periods&period=previous")
            #expect(try previous.json["period"] == rows[1]["period"])
            for target in ["period=2020-01-01T00", "period=nonsense", "window=all&period=previous"] {
                let answer = try await cluster.get("/leaderboard?board=periods&\(target)")
                #expect(ErrorForm.fault(in: answer, status: 404, code: "unknown_period") == nil, "\(target)")
            }
        }

        /// Reads a list of periods to its end.
        private static func pages(_ cluster: Cluster, _ target: String) async throws -> [JSON] {
            var rows: [JSON] = []
            var next = ""
            repeat {
                let answer = try await cluster.get(target + next)
                try #require(answer.status == 200, "\(answer.text)")
                rows += try answer.json["periods"]?.array ?? []
                next = try answer.json["next"]?.string.map { "&cursor=\($0)" } ?? ""
            } while !next.isEmpty && rows.count < 1000
            return rows
        }
    }
}
