import FakeAI
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A play node and an AI service that does not do what it should.
    @Suite("The AI service")
    struct AIService {
        /// Generates a challenge, and waits until it is there.
        ///
        /// - Returns: who made it, and how long that took.
        private func generate(in cluster: Cluster, within time: Duration = .seconds(60)) async throws
            -> (by: String, took: Duration)
        {
            let task = try await cluster.makeTask("ann")
            let start = ContinuousClock.now
            let made = try await cluster.play("POST", "/challenges/generate", #"{"task_id":"\#(task)"}"#, user: "ann")
            try #require(made.status == 202, "\(made.text)")
            let id = try #require(try made.json["challenge"]?["id"]?.string)
            var by = ""
            try await eventually("the challenge is there", timeout: time) {
                let answer = try await cluster.play("GET", "/challenges/\(id)", user: "ann")
                guard answer.status == 200 else { return false }
                by = try answer.json["challenge"]?["generated_by"]?.string ?? ""
                return true
            }
            let took = ContinuousClock.now - start
            // So that the owner does not come to the limit of challenges.
            _ = try await cluster.play("POST", "/challenges/\(id)/complete", "{}", user: "ann")
            return (by, took)
        }

        private func withService(_ mode: FakeAIMode, _ body: (Cluster, FakeAI) async throws -> Void) async throws {
            let service = try await FakeAI.start(mode: mode)
            let environment = ["SCORECAST_AI_URL": service.url, "SCORECAST_AI_TOKEN": "secret-of-the-service"]
            try await Cluster.withPlay(nodes: 1, environment: environment) { cluster in
                try await cluster.setRate("walk", points: 1, coins: 0)
                try await body(cluster, service)
            }
            try await service.stop()
        }

        @Test("it makes challenges, and is shown the token", .timeLimit(.minutes(2)))
        func good() async throws {
            try await withService(.good) { cluster, service in
                let made = try await generate(in: cluster)
                #expect(made.by == "ai")
                #expect(service.authorization == "Bearer secret-of-the-service")
            }
        }

        @Test(
            "dead or wrong, the breaker opens, challenges come at once from here, and it recovers by itself",
            .timeLimit(.minutes(5)), arguments: [FakeAIMode.dead, .wrong(.missingMember)])
        func badly(_ mode: FakeAIMode) async throws {
            try await withService(mode) { cluster, service in
                var open = 0
                // The breaker opens after five failures, which a few challenges bring.
                for _ in 0..<8 where open < 3 {
                    let asked = service.challengeRequests
                    let (by, took) = try await generate(in: cluster)
                    #expect(by == "builtin")
                    if service.challengeRequests == asked {
                        open += 1
                        #expect(took < .seconds(1) + EndToEnd.machineSlack, "\(took)")
                    }
                }
                #expect(open == 3, "the breaker never opened")
                guard EndToEnd.isFull || mode == .dead else { return }
                service.set(.good)
                try await eventually("it is asked again", timeout: .seconds(45), every: .seconds(1)) {
                    try await generate(in: cluster).by == "ai"
                }
            }
        }

        @Test("slow, the owner waits no longer than its time-outs, and then not at all", .timeLimit(.minutes(5)))
        func slow() async throws {
            try await withService(.slow(milliseconds: 60_000)) { cluster, _ in
                // Several at once fail together, and so open the breaker with their first time-out.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            let made = try await generate(in: cluster)
                            #expect(made.by == "builtin")
                        }
                    }
                    try await group.waitForAll()
                }
                let (by, took) = try await generate(in: cluster)
                #expect(by == "builtin")
                #expect(took < .seconds(1) + EndToEnd.machineSlack, "\(took)")
            }
        }
    }
}
