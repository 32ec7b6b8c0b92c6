import NIOConcurrencyHelpers
import Play
import Players
import Storage
import StrictJSON
import TestSupport
import Testing

struct ChallengeGeneratorTests {
    static func generator(
        _ house: ChallengeHouse, _ ai: FakeChallengeAI? = nil, lease: Duration = .seconds(60),
        patience: Duration = .seconds(35)
    ) -> ChallengeGenerator {
        var rule = ChallengeGenerator.Rule()
        rule.interval = .milliseconds(20)
        rule.lease = lease
        return ChallengeGenerator(
            queue: house.queue, maker: ChallengeMaker(ai: ai, patience: patience), live: house, rule: rule,
            logger: quietLogger)
    }

    static func ready(_ house: ChallengeHouse) async throws -> [String] {
        try await house.column(
            "SELECT generated_by FROM challenges WHERE status = 'ready' ORDER BY created_at, challenge_id")
    }

    /// Two nodes make each challenge once, and tell its owner once.
    @Test func twoNodes() async throws {
        try await withChallenges { house in
            let task = try await house.addTask()
            for _ in 0..<20 { _ = try await house.addChallenge(task: task) }
            let (first, second) = (FakeChallengeAI(.good), FakeChallengeAI(.good))
            let (one, other) = (Self.generator(house, first), Self.generator(house, second))
            try await withRunning({ try await one.run() }) {
                try await withRunning({ try await other.run() }) {
                    try await eventually { try await Self.ready(house).count == 20 }
                    try await eventually { house.record.messages.count >= 20 }
                }
            }
            #expect(try await Self.ready(house) == Array(repeating: "ai", count: 20))
            #expect(first.record.challenges.count + second.record.challenges.count == 20)
            #expect(house.record.messages.count == 20)
            #expect(house.record.messages.allSatisfy { $0.user == "u1" })
            #expect(try await house.column("SELECT count(*) FROM notifications") == ["20"])
            #expect(try await house.column("SELECT DISTINCT tries FROM challenges") == ["1"])
        }
    }

    /// A service that fails costs nobody a challenge.
    @Test func failingService() async throws {
        try await withChallenges { house in
            let task = try await house.addTask()
            for _ in 0..<10 { _ = try await house.addChallenge(task: task) }
            let generator = Self.generator(house, FakeChallengeAI(.fails(isAway: true)))
            let start = ContinuousClock.now
            try await withRunning({ try await generator.run() }) {
                try await eventually { try await Self.ready(house).count == 10 }
            }
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(try await Self.ready(house) == Array(repeating: "builtin", count: 10))
        }
    }

    /// What a node that died had taken is made by another one.
    @Test func deadNode() async throws {
        try await withChallenges { house in
            let id = try await house.addChallenge(task: try await house.addTask())
            #expect(try await house.queue.claim(limit: 1, lease: .milliseconds(300)).map(\.id) == [id])
            #expect(try await house.queue.claim(limit: 1, lease: .milliseconds(300)).isEmpty)
            let generator = Self.generator(house)
            try await withRunning({ try await generator.run() }) {
                try await eventually { try await Self.ready(house).count == 1 }
            }
        }
    }

    /// The first one to finish counts. The other one changes nothing and sends nothing.
    @Test func lateNode() async throws {
        try await withChallenges { house in
            _ = try await house.addChallenge(task: try await house.addTask())
            let work = try await house.queue.claim(limit: 1, lease: .zero)
            let again = try await house.queue.claim(limit: 1, lease: .seconds(60))
            #expect(work == again)
            let early = GeneratedChallenge(content: FakeChallengeAI.content, origin: .ai)
            #expect(try await house.queue.finish(again[0], early) != nil)
            let late = await ChallengeMaker(ai: nil).make(work[0])
            #expect(try await house.queue.finish(work[0], late) == nil)
            #expect(try await house.column("SELECT title FROM challenges") == ["By the AI"])
        }
    }

    /// A node that shuts down leaves what it has not finished to others at once.
    @Test func shutdown() async throws {
        try await withChallenges { house in
            let id = try await house.addChallenge(task: try await house.addTask())
            let ai = FakeChallengeAI(.silent)
            let generator = Self.generator(house, ai)
            try await withRunning({ try await generator.run() }) {
                try await eventually { ai.record.challenges.count == 1 }
            }
            #expect(try await house.queue.claim(limit: 1, lease: .seconds(60)).map(\.id) == [id])
        }
    }

    /// The type that the service found is kept, if the task still has none and is not completed.
    @Test(arguments: [
        (nil, "open", "learning"), ("work", "open", "work"), (nil, "done", "NULL"),
    ]) func understoodType(_ type: String?, _ status: String, _ expected: String) async throws {
        try await withChallenges { house in
            let task = try await house.addTask(type: nil)
            _ = try await house.addChallenge(task: task)
            let work = try await house.queue.claim(limit: 1, lease: .seconds(60))
            let made = await ChallengeMaker(ai: FakeChallengeAI(.good)).make(work[0])
            let value = type.map { "'\($0)'" } ?? "NULL"
            let time = status == "done" ? "now()" : "NULL"
            try await house.run("UPDATE tasks SET type = \(value), status = '\(status)', completed_at = \(time)")
            _ = try await house.queue.finish(work[0], made)
            #expect(try await house.column("SELECT type FROM tasks") == [expected])
        }
    }
}
