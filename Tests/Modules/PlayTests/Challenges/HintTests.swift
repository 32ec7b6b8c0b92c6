import HTTPTypes
import Play
import Players
import StrictJSON
import TestSupport
import Testing

struct HintTests {
    @Test func inOrder() async throws {
        try await withChallenges { house in
            let id = try await house.addReady(costs: [0, 2, 5])
            try await house.give(6, to: "u1")
            let path = "/challenges/\(id)/hint"
            #expect(
                try await house.send(.post, path).body
                    == #"{"status":"success","hint":{"index":0,"text":"hint 0","cost":0},"hints_left":2,"coins":6}"#)
            // A repeated request gets the same hint.
            let second = try await house.send(.post, path, key: "k1")
            #expect(second.json["hint"]?["index"]?.integer == 1)
            #expect(second.json["coins"]?.integer == 4)
            #expect(try await house.send(.post, path, key: "k1").body == second.body)
            #expect(try await house.send(.post, path).outcome == "409 insufficient_funds")
            #expect(try await house.coins(of: "u1") == 4)
            try await house.run("UPDATE wallets SET balance = 5 WHERE user_id = 'u1'")
            #expect(try await house.send(.post, path).json["hints_left"]?.integer == 0)
            #expect(try await house.send(.post, path).outcome == "409 no_more_hints")
            let seen = try await house.send(.get, "/challenges/\(id)").challenge
            #expect(seen["hints"]?.array?.compactMap { $0["text"]?.string } == ["hint 0", "hint 1", "hint 2"])
            #expect(seen["next_hint_cost"]?.isNull == true)
            #expect(
                try await house.column("SELECT reference || ' ' || amount FROM wallet_entries WHERE reason = 'hint'")
                    == ["\(id):1 -2", "\(id):2 -5"])
        }
    }

    /// Each member takes its own, and others never see the texts.
    @Test func ofEachMember() async throws {
        try await withChallenges { house in
            let id = try await house.addReady(costs: [0, 0])
            #expect(try await house.send(.post, "/challenges/\(id)/hint", as: "u2").status == 200)
            let mine = try await house.send(.get, "/challenges/\(id)")
            #expect(!mine.body.contains("hint 0"))
            #expect(mine.challenge["hints_left"]?.integer == 2)
            #expect(try await house.send(.post, "/challenges/\(id)/hint").json["hint"]?["index"]?.integer == 0)
        }
    }

    /// Of 64 requests at once, each gives another hint and costs it once.
    @Test(arguments: [(100, 10), (7, 7), (0, 0)]) func races(_ coins: Int64, _ expected: Int) async throws {
        try await withChallenges { house in
            let id = try await house.addReady(costs: Array(repeating: 1, count: 10))
            if coins > 0 { try await house.give(coins, to: "u1") }
            let answers = try await withThrowingTaskGroup(of: ChallengeHouse.Answer.self) { tasks in
                for _ in 0..<64 { tasks.addTask { try await house.send(.post, "/challenges/\(id)/hint") } }
                return try await tasks.reduce(into: [ChallengeHouse.Answer]()) { $0.append($1) }
            }
            let taken = answers.compactMap { $0.json["hint"]?["index"]?.integer }.sorted()
            #expect(taken == (0..<Int64(expected)).map { $0 })
            let refusals = Set(answers.filter { $0.status != 200 }.map(\.outcome))
            #expect(refusals == [expected == 10 ? "409 no_more_hints" : "409 insufficient_funds"])
            #expect(try await house.coins(of: "u1") == coins - Int64(expected))
            #expect(
                try await house.column("SELECT count(*) FROM wallet_entries WHERE reason = 'hint'") == ["\(expected)"])
        }
    }
}
