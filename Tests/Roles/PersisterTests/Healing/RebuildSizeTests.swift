import Foundation
import Leaderboard
import LocalServers
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// A large ranking. With `SCORECAST_FULL=1` it has a million entries.
@Suite(.timeLimit(.minutes(10)))
struct RebuildSizeTests {
    private static let isFull = ProcessInfo.processInfo.environment["SCORECAST_FULL"] == "1"
    private static let count = isFull ? 1_000_000 : 30_000

    @Test("A large ranking comes back whole; in the full size also in time, and without long calls")
    func large() async throws {
        try await withPrivateRedis { redis in
            try await withHealWorld(redisURL: redis.url) { world in
                try await world.play(0..<3)
                try await world.carry()
                try await world.deployment.pool.withConnection { connection in
                    try connection.withStatementTimeout(.seconds(300)) {
                        try connection.script(
                            """
                            INSERT INTO scores
                            SELECT 'points', 'all', 'all', 'somebody-' || n, n % 100000, n, now()
                            FROM generate_series(1, \(Self.count)) AS n
                            """)
                    }
                }
                try await world.close()
                try await world.redis.command("CONFIG", "SET", "slowlog-log-slower-than", "20000")
                try await world.redis.command("SLOWLOG", "RESET")
                let start = ContinuousClock.now
                let report = try #require(try await world.rebuilder().rebuild(world.partition))
                let time = start.duration(to: .now)
                let slow = try await world.redis.command("SLOWLOG", "LEN").int64 ?? 0
                if Self.isFull {
                    print("\(report.entries) entries in \(time), \(slow) calls over 20 ms")
                    #expect(time < .seconds(30) && slow == 0)
                }
                let key = world.keys.tag + ":ranking:points:all:all"
                let held = try await world.redis.command("ZCARD", key).int64 ?? 0
                let expected = try await world.deployment.column(
                    "SELECT count(*)::text FROM scores WHERE board = 'points' AND window_name = 'all'")
                #expect(String(held) == expected.first)
                let preview = try await world.rebuilder().preview(world.partition)
                #expect(preview.differences == StandingDifferences() && preview.extra == 0 && preview.events == 0)
            }
        }
    }
}
