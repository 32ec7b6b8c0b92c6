import HTTPTypes
import StrictJSON
import TestSupport
import Testing

struct ChallengeCompletionTests {
    /// It earns what the task's type and the job earn, once, and all who ask again get the same.
    @Test func once() async throws {
        try await withChallenges { house in
            try await house.run("INSERT INTO taskpoints (type, points, coins) VALUES ('work', 30, 4)")
            try await house.run("INSERT INTO jobpoints (job, points, coins) VALUES ('smith', 5, 1)")
            try await house.run("INSERT INTO profiles (user_id, job) VALUES ('u1', 'smith')")
            let id = try await house.addReady()
            let answers = try await withThrowingTaskGroup(of: ChallengeHouse.Answer.self) { tasks in
                for _ in 0..<16 { tasks.addTask { try await house.send(.post, "/challenges/\(id)/complete") } }
                return try await tasks.reduce(into: [ChallengeHouse.Answer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(answers.filter { $0.json["replayed"]?.bool == false }.count == 1)
            let texts = Set(answers.map { $0.body.replacing(#""replayed":true"#, with: #""replayed":false"#) })
            #expect(texts.count == 1)
            let answer = answers[0].json
            #expect(answer["challenge"]?["status"]?.string == "completed")
            #expect(answer["coins_earned"]?.integer == 5 && answer["coins"]?.integer == 5)
            #expect(answer["points_earned"]?.integer == 35)
            #expect(answer["new_score"]?.integer == 70 && answer["rank"]?.integer == 3)
            #expect(answer["streak"]?["days"]?.integer == 1)
            #expect(try await house.coins(of: "u1") == 5)
            #expect(
                try await house.column("SELECT kind || ' ' || reference || ' ' || points FROM awards")
                    == ["challenge \(id) 35"])
        }
    }

    /// A challenge whose task is gone earns nothing.
    @Test func withoutTask() async throws {
        try await withChallenges { house in
            try await house.run("INSERT INTO taskpoints (type, points, coins) VALUES ('work', 30, 4)")
            let id = try await house.addReady()
            try await house.run("DELETE FROM tasks")
            let answer = try await house.send(.post, "/challenges/\(id)/complete")
            #expect(answer.json["coins_earned"]?.integer == 0)
            #expect(answer.json["points_earned"]?.integer == 0)
            #expect(answer.json["new_score"]?.isNull == true)
            #expect(try await house.column("SELECT count(*) FROM awards") == ["0"])
        }
    }

    /// Challenges share the cap of the day with tasks, so that nobody earns by generating many.
    @Test func cap() async throws {
        try await withChallenges { house in
            try await house.run(
                "INSERT INTO taskpoints (type, points, coins, max_per_user_per_day) VALUES ('work', 1, 1, 2)")
            var capped: [Bool?] = []
            for _ in 0..<3 {
                let id = try await house.addReady()
                capped.append(try await house.send(.post, "/challenges/\(id)/complete").json["capped"]?.bool)
            }
            #expect(capped == [false, false, true])
            #expect(try await house.coins(of: "u1") == 2)
        }
    }

    /// Nobody passes the cap by challenges of a published task, or by a change of the type after the completion.
    @Test func capOfAnyTask() async throws {
        try await withChallenges { house in
            try await house.run(
                "INSERT INTO taskpoints (type, points, coins, max_per_user_per_day) VALUES ('work', 1, 1, 2)")
            var capped: [Bool?] = []
            for _ in 0..<3 {
                let id = try await house.addReady()
                try await house.run("UPDATE tasks SET source = 'template'")
                capped.append(try await house.send(.post, "/challenges/\(id)/complete").json["capped"]?.bool)
                try await house.run("UPDATE tasks SET type = 'other'")
            }
            #expect(capped == [false, false, true])
            #expect(try await house.coins(of: "u1") == 2)
        }
    }
}
