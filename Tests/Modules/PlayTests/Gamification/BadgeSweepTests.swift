import Basics
import Play
import PostgresClient
import Storage
import TestSupport
import Testing

/// Badges for what happened before their rules were made.
struct BadgeSweepTests {
    private static let rules: [(String, BadgeRule)] = [
        ("count", .count(atLeast: 4, action: nil, board: nil)),
        ("kills", .count(atLeast: 3, action: "kill", board: FollowedWorld.board)),
        ("points", .points(atLeast: 20, action: nil, board: nil)),
        ("taskpoints", .points(atLeast: 5, action: "sys-task", board: FollowedWorld.board)),
        ("streak", .streak(atLeast: 3)), ("rank", .rank(atMost: 2, board: nil)), ("challenge", .challenge(atLeast: 2)),
    ]

    /// The rules, and a set of them, under ids with a prefix.
    private static func put(_ prefix: String, in world: FollowedWorld) async throws {
        for (id, rule) in rules { try await world.put(prefix + id, rule) }
        try await world.put(prefix + "set", .badgeSet(atLeast: 3, badges: rules.map { prefix + $0.0 }))
    }

    private static func history(_ seed: UInt64) -> [FollowedEvent] {
        var random = SplitMix64(seed: seed)
        var time = FollowedWorld.start
        return (Int64(1)...120).map { seq in
            time += Int64.random(in: 0...FollowedWorld.day / 2, using: &random)
            let action = ["kill", "sys-task", "sys-challenge"].randomElement(using: &random) ?? "kill"
            return FollowedWorld.event(
                seq, of: "u\(Int.random(in: 1...12, using: &random))", action,
                points: Int64.random(in: -4...9, using: &random), rank: Int64.random(in: 1...30, using: &random),
                at: time)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `badges that are given later equal those given at once`(_ seed: UInt64) async throws {
        try await withFollowedWorld { world in
            try await Self.put("a-", in: world)
            let events = Self.history(seed)
            for start in stride(from: 0, to: events.count, by: 7) {
                try await world.follow(Array(events[start..<min(start + 7, events.count)]))
            }
            try await Self.put("b-", in: world)
            try await world.sweep()
            let held = try await world.held()
            let (live, later) = (held.filter { $0.contains(" a-") }, held.filter { $0.contains(" b-") })
            #expect(!live.isEmpty)
            #expect(live.map { $0.replacing(" a-", with: " ") } == later.map { $0.replacing(" b-", with: " ") })
            #expect(try await world.held(retroactive: true) == later)
            // Nothing is given twice, or later on.
            try await world.column("UPDATE badges SET swept = 0 RETURNING badge_id")
            try await world.sweep(page: 500)
            #expect(try await world.held() == held)
        }
    }

    @Test
    func `nobody falls between a new rule and the events that come meanwhile`() async throws {
        try await withFollowedWorld { world in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<3 {
                    group.addTask {
                        for seq in 1...40 {
                            try await world.follow([
                                FollowedWorld.event(Int64(seq), of: "u\(worker)-\(seq)", partition: worker)
                            ])
                        }
                    }
                }
                group.addTask {
                    for number in 0..<10 {
                        try await world.put("b\(number)", .count(atLeast: 1, action: nil, board: nil))
                        try await world.sweep(page: 5)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.column("SELECT count(*) FROM user_badges") == ["1200"])
        }
    }

    @Test
    func `a rule that changes is applied again, and a name that changes is not`() async throws {
        try await withFollowedWorld { world in
            #expect(try await world.put("b", .count(atLeast: 5, action: nil, board: nil)) == .created)
            try await world.follow((1...3).map { FollowedWorld.event($0, of: "u1") })
            try await world.sweep()
            #expect(try await world.held() == [])
            #expect(try await world.put("b", .count(atLeast: 5, action: nil, board: nil)) == .replaced)
            #expect(try await world.badges.sweep(limit: 5) == nil)
            #expect(try await world.put("b", .count(atLeast: 2, action: nil, board: nil)) == .replaced)
            try await world.sweep()
            #expect(try await world.held() == ["u1 b"])
            let held = try await world.badges.held(by: "u1")
            #expect(held.map(\.badge.name) == ["The b"])
            #expect(held.map(\.isRetroactive) == [true])
            #expect(try await world.badges.delete("b"))
            #expect(try await world.badges.held(by: "u1") == [])
            #expect(try await !world.badges.delete("b"))
        }
    }
}
