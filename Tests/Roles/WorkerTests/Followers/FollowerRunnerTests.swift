import Leaderboard
import ServiceLifecycle
import Storage
import TestSupport
import Testing
import Worker

/// Followers that run on nodes.
@Suite(.timeLimit(.minutes(2)))
struct FollowerRunnerTests {
    private struct Bad: Error {}

    private static func runner(_ world: FollowerWorld, _ followers: [any LedgerFollower]) -> FollowerRunner {
        FollowerRunner(
            followers: followers, progress: world.progress, interval: .milliseconds(20), logger: quietLogger)
    }

    @Test func twoNodesTakeEachEventOnce() async throws {
        try await withFollowerWorld { world in
            for partition in 0..<3 { try await world.add(1...1200, partition: partition) }
            let (first, second) = (world.follower(Scribe("pair")), world.follower(Scribe("pair")))
            try await withRunning({ try await Self.runner(world, [first]).run() }) {
                try await withRunning({ try await Self.runner(world, [second]).run() }) {
                    try await eventually("they are there") { try await world.progress.lag(of: "pair").isEmpty }
                    for partition in 0..<3 { try await world.add(1201...1210, partition: partition) }
                    try await eventually("they go on") { try await world.progress.lag(of: "pair").isEmpty }
                }
            }
            for partition in 0..<3 {
                #expect(try await world.taken("pair", partition: partition) == Array(1...1210))
            }
        }
    }

    @Test func aFollowerThatIsStuckHoldsUpNobody() async throws {
        try await withFollowerWorld { world in
            for partition in 0..<2 { try await world.add(1...10, partition: partition) }
            let sick = Scribe("sick") { if $0.partition == 0 { throw Bad() } }
            let runner = Self.runner(world, [world.follower(sick), world.follower(Scribe("well"))])
            try await withRunning({ try await runner.run() }) {
                try await eventually("the well one is there") { try await world.progress.lag(of: "well").isEmpty }
                try await eventually("so is the sick one, in the other partition") {
                    try await world.progress.lag(of: "sick")
                        == [FollowerLag(partition: 0, events: 10, isDue: false)]
                }
                sick.heal()
                try await world.passTime()
                try await eventually("it goes on") { try await world.progress.lag(of: "sick").isEmpty }
            }
            for partition in 0..<2 {
                #expect(try await world.taken("sick", partition: partition) == Array(1...10))
                #expect(try await world.taken("well", partition: partition) == Array(1...10))
            }
        }
    }

    @Test func aNodeThatStopsFinishesItsStep() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...2000)
            let group = ServiceGroup(
                services: [Self.runner(world, [world.follower(Scribe("brief"))])], logger: quietLogger)
            try await withRunning({ try await group.run() }) {
                try await eventually("it has begun") { try await !world.taken("brief").isEmpty }
                await group.triggerGracefulShutdown()
            }
            let count = try await world.taken("brief").count
            #expect(try await world.position("brief") == "\(count) 0")
        }
    }
}
