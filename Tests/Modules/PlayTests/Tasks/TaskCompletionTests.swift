import HTTPTypes
import NIOConcurrencyHelpers
import Play
import StrictJSON
import Testing

/// `POST /tasks/complete`.
struct TaskCompletionTests {
    private func rates(_ house: TaskHouse) async throws {
        try await house.run(
            """
            INSERT INTO taskpoints (type, points, coins, max_per_user_per_day)
            VALUES ('walk', 5, 2, NULL), ('rare', 5, 2, 1);
            INSERT INTO jobpoints (job, points, coins) VALUES ('smith', 1, 1);
            INSERT INTO profiles (user_id, job) VALUES ('u1', 'smith')
            """)
    }

    private func add(_ house: TaskHouse, type: String = "walk") async throws -> String {
        try await house.add(#"{"title":"t","type":"\#(type)"}"#)
    }

    @Test("A completion earns both rates, once, and a replay gives the first outcome")
    func outcome() async throws {
        try await withTasks { house in
            try await rates(house)
            let id = try await add(house)
            let first = try await house.complete(id)
            #expect(first.status == 200)
            #expect(
                first.json.object?.members.map(\.key) == [
                    "status", "task", "coins_earned", "coins", "points_earned", "capped", "new_score", "rank",
                    "badges", "streak", "pending", "replayed",
                ])
            let task = try #require(first.json["task"])
            #expect(task["status"]?.string == "done" && task["completed_at"]?.string != nil)
            #expect(first.json["coins_earned"]?.integer == 3 && first.json["coins"]?.integer == 3)
            #expect(first.json["points_earned"]?.integer == 6 && first.json["new_score"]?.integer == 106)
            #expect(first.body.contains(#""badges":[{"id":"first","name":"First task"}]"#))
            #expect(first.body.contains(#""streak":{"days":3,"longest":5,"freezes":1,"at_risk":false}"#))
            #expect(first.body.hasSuffix(#""pending":false,"replayed":false}"#))
            // Later changes do not reach the outcome.
            house.stand.withLockedValue { $0.standing = nil }
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"title":"other"}"#).status == 200)
            let again = try await house.complete(id)
            #expect(again.body == first.body.replacing(#""replayed":false"#, with: #""replayed":true"#))
            #expect(
                try await house.column("SELECT reason || reference || amount FROM wallet_entries") == ["task\(id)3"])
            #expect(
                try await house.column("SELECT kind || reference || points || board FROM awards") == [
                    "task\(id)6global"
                ])
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"status":"open"}"#).outcome == "409 task_closed")
            #expect(try await house.send(.patch, "/tasks/\(id)", #"{"type":"rare"}"#).outcome == "409 task_closed")
        }
    }

    @Test("Of 100 completions at once, one counts, and all but one say so")
    func concurrent() async throws {
        try await withTasks { house in
            try await rates(house)
            let id = try await add(house)
            let answers = try await withThrowingTaskGroup(of: TaskHouse.Answer.self) { group in
                for _ in 0..<100 { group.addTask { try await house.complete(id) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(answers.filter { $0.json["replayed"]?.bool == false }.count == 1)
            let bodies = Set(answers.map { $0.body.replacing(#""replayed":false"#, with: #""replayed":true"#) })
            #expect(bodies.count == 1)
            #expect(try await house.column("SELECT amount FROM wallet_entries") == ["3"])
            #expect(try await house.column("SELECT points FROM awards") == ["6"])
            #expect(try await house.column("SELECT count(outcome) FROM tasks") == ["1"])
        }
    }

    @Test("What is not known yet is pending, is not kept, and comes with a later replay")
    func pending() async throws {
        try await withTasks { house in
            try await rates(house)
            let id = try await add(house)
            house.stand.withLockedValue { $0.settles = false }
            let first = try await house.complete(id)
            #expect(first.json["pending"]?.bool == true && first.json["points_earned"]?.integer == 6)
            for member in ["new_score", "rank", "badges", "streak"] { #expect(first.json[member]?.isNull == true) }
            // The points are there, and the followers are late.
            house.stand.withLockedValue {
                $0.settles = true
                $0.standing = nil
            }
            let second = try await house.complete(id)
            #expect(second.json["pending"]?.bool == true && second.json["new_score"]?.integer == 106)
            #expect(second.json["replayed"]?.bool == true)
            #expect(try await house.column("SELECT outcome FROM tasks") == ["NULL"])
            house.stand.withLockedValue {
                $0.standing = CompletionStanding(
                    badges: [], streak: StreakStanding(days: 1, longest: 1, freezes: 0, isAtRisk: true))
            }
            let third = try await house.complete(id)
            #expect(third.json["pending"]?.bool == false && third.body.contains(#""badges":[],"#))
            #expect(try await house.complete(id).body == third.body)
            #expect(try await house.column("SELECT count(*) FROM wallet_entries") == ["1"])
        }
    }

    @Test("Without points nothing is awarded, and a refused award is not waited for")
    func withoutPoints() async throws {
        try await withTasks { house in
            let plain = try await house.complete(try await house.add())
            #expect(plain.json["points_earned"]?.integer == 0 && plain.json["coins"]?.integer == 0)
            #expect(plain.json["new_score"]?.isNull == true && plain.json["pending"]?.bool == false)
            #expect(try await house.column("SELECT 1 FROM awards UNION ALL SELECT 1 FROM wallet_entries").isEmpty)
            try await rates(house)
            house.stand.withLockedValue { $0.refuses = true }
            let refused = try await house.complete(try await add(house))
            #expect(refused.json["pending"]?.bool == false && refused.json["new_score"]?.isNull == true)
            #expect(house.stand.withLockedValue { $0.asked } == [nil, nil])
        }
    }

    @Test("The first 20 tasks of a day earn, also if they are completed at once; deletion brings none back")
    func cap() async throws {
        try await withTasks { house in
            try await rates(house)
            var ids: [String] = []
            for _ in 0..<24 { ids.append(try await add(house)) }
            let answers = try await withThrowingTaskGroup(of: TaskHouse.Answer.self) { group in
                for id in ids { group.addTask { try await house.complete(id) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.json["capped"]?.bool == true }.count == 4)
            #expect(answers.filter { $0.json["points_earned"]?.integer == 0 }.count == 4)
            #expect(try await house.column("SELECT balance FROM wallets") == ["60"])
            for id in ids { #expect(try await house.send(.delete, "/tasks/\(id)").status == 204) }
            #expect(try await house.list().isEmpty)
            #expect(try await house.column("SELECT DISTINCT title FROM tasks") == [""])
            #expect(try await house.complete(ids[0]).outcome == "404 unknown_task")
            #expect(try await house.complete(try await add(house)).json["capped"]?.bool == true)
            // A type with a cap of its own does not share the 20.
            #expect(try await house.complete(try await add(house, type: "rare")).json["capped"]?.bool == false)
            #expect(try await house.complete(try await add(house, type: "rare")).json["capped"]?.bool == true)
            // Tasks of others than the user are not capped.
            try await house.run(
                "INSERT INTO tasks (user_id, title, type, source, external_id) SELECT 'u1', 'g', 'walk', 'github', '1'"
            )
            let github = try #require(
                try await house.column("SELECT task_id FROM tasks WHERE source = 'github'").first)
            #expect(try await house.complete(github).json["points_earned"]?.integer == 6)
            // Yesterday does not count.
            try await house.run("UPDATE tasks SET completed_at = completed_at - interval '1 day'")
            #expect(try await house.complete(try await add(house)).json["capped"]?.bool == false)
        }
    }

    @Test("Refused completions change nothing")
    func refusals() async throws {
        try await withTasks { house in
            try await rates(house)
            let id = try await add(house)
            _ = try await house.send(.patch, "/tasks/\(id)", #"{"status":"archived"}"#)
            #expect(try await house.complete(id).outcome == "409 task_closed")
            for (body, outcome) in [
                ("{}", "400 invalid_input"), (#"{"task_id":1}"#, "400 invalid_input"),
                (#"{"task_id":"\#(id)","x":1}"#, "400 invalid_input"), (#"{"task_id":"x"}"#, "404 unknown_task"),
                (#"{"task_id":"999"}"#, "404 unknown_task"),
            ] {
                #expect(try await house.send(.post, "/tasks/complete", body).outcome == outcome, "\(body)")
            }
            #expect(try await house.column("SELECT 1 FROM awards UNION ALL SELECT 1 FROM wallets").isEmpty)
        }
    }

    @Test("A full wallet gets no coins, and the task is completed all the same")
    func fullWallet() async throws {
        try await withTasks { house in
            try await rates(house)
            try await house.run(
                "INSERT INTO wallets (user_id, currency, balance) VALUES ('u1', 'coins', 9007199254740990)")
            let answer = try await house.complete(try await add(house))
            #expect(answer.json["coins_earned"]?.integer == 0 && answer.json["points_earned"]?.integer == 6)
            #expect(answer.json["coins"]?.integer == 9_007_199_254_740_990)
        }
    }
}
