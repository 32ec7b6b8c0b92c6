import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Many complete the same task at once, and nodes die meanwhile.
    @Suite("Completions")
    struct Completions {
        private static let rounds = EndToEnd.isFull ? 500 : 8

        @Test(
            "100 at once over two nodes, one of which dies, count once, and all get one answer",
            .timeLimit(.minutes(60)))
        func once() async throws {
            try await Cluster.withPlay { cluster in
                try await cluster.setRate("walk", points: 7, coins: 3)
                try await cluster.makeBadge("first", #"{"kind":"count","at_least":1,"action":"sys-task"}"#)
                for round in 0..<Self.rounds {
                    let user = "u\(round)"
                    let task = try await cluster.makeTask(user)
                    let answers = try await completions(of: task, user: user, in: cluster)
                    let first = try #require(answers.first)
                    #expect(
                        Set(answers.map { $0.without("replayed") }).count == 1, "round \(round): \(answers.prefix(3))")
                    #expect(first["coins_earned"] == 3 && first["coins"] == 3, "\(first.text)")
                    #expect(first["points_earned"] == 7 && first["new_score"] == 7, "\(first.text)")
                    #expect(first["badges"]?.array?.count == 1, "\(first.text)")
                    #expect(first["streak"]?["days"] == 1, "\(first.text)")
                    if EndToEnd.isFull, round % 25 == 0 {
                        FileHandle.standardError.write(Data("round \(round)\n".utf8))
                    }
                }
                try await expectOnce(Self.rounds, in: cluster)
            }
        }

        /// Sends 100 completions, kills a node at a random moment, and starts another in its place.
        private func completions(of task: String, user: String, in cluster: Cluster) async throws -> [JSON] {
            try await withThrowingTaskGroup(of: JSON?.self) { group in
                for _ in 0..<100 { group.addTask { try await cluster.complete(task, user: user) } }
                group.addTask {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...60)))
                    let victim = try #require(cluster.plays.randomElement())
                    await victim.kill()
                    try await cluster.startNode("play")
                    return nil
                }
                return try await group.reduce(into: []) { if let answer = $1 { $0.append(answer) } }
            }
        }

        private func expectOnce(_ rounds: Int, in cluster: Cluster) async throws {
            try await eventually("the ledger has all") {
                try await cluster.count("SELECT count(*) FROM score_events") >= rounds
            }
            #expect(try await cluster.count("SELECT count(*) FROM score_events") == rounds)
            #expect(try await cluster.count("SELECT count(*) FROM wallet_entries") == rounds)
            #expect(try await cluster.count("SELECT count(*) FROM user_badges") == rounds)
            #expect(try await cluster.count("SELECT sum(score) FROM scores") == 7 * rounds)
            #expect(try await cluster.count("SELECT count(*) FROM awards WHERE state <> 'applied'") == 0)
        }

        @Test("64 spenders over two nodes never spend what is not there, and lose nothing", .timeLimit(.minutes(5)))
        func spenders() async throws {
            try await Cluster.withPlay { cluster in
                let credit = try await cluster.play(
                    "POST", "/wallets/ann/credit",
                    #"{"currency":"coins","amount":1000,"reason":"gift","reference":"1"}"#, user: "game",
                    role: "service")
                try #require(credit.status == 200 || credit.status == 201, "\(credit.text)")
                let spent = try await withThrowingTaskGroup(of: Int.self) { group in
                    for spender in 0..<64 {
                        group.addTask {
                            var spent = 0
                            for step in 0..<8 {
                                let reference = "\(spender)-\(step)"
                                let json =
                                    #"{"currency":"coins","amount":5,"reason":"shop","reference":"\#(reference)"}"#
                                let answer = try await cluster.play(
                                    "POST", "/wallet/spend", json, user: "ann", node: spender)
                                if answer.status == 200 || answer.status == 201 {
                                    spent += 5
                                } else {
                                    #expect(
                                        answer.status == 409 && answer.text.contains("insufficient_funds"),
                                        "\(answer.text)")
                                }
                            }
                            return spent
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(spent == 1000)
                #expect(
                    try await cluster.count("SELECT balance FROM wallets WHERE user_id = 'ann' AND currency = 'coins'")
                        == 0)
                #expect(try await cluster.count("SELECT sum(amount) FROM wallet_entries") == 0)
                #expect(try await cluster.count("SELECT min(balance) FROM wallet_entries") == 0)
                let wrong = """
                    SELECT count(*) FROM (SELECT balance, sum(amount) OVER (ORDER BY entry_id) AS total
                    FROM wallet_entries) AS entries WHERE balance <> total
                    """
                #expect(try await cluster.count(wrong) == 0)
            }
        }
    }
}
