import Basics
import Leaderboard
import Play
import PostgresClient
import Storage
import TestSupport
import Testing

/// What is left of a deleted user in the tables of play.
struct PlayErasureTests {
    private static let tables = [
        "tasks", "challenges", "challenge_members", "awards", "notifications", "notification_preferences",
        "player_counts", "player_days", "streaks", "user_badges",
    ]

    private static func fill(_ world: FollowedWorld) async throws {
        try await world.put("b", .count(atLeast: 1, action: nil, board: nil))
        let events = [FollowedWorld.event(1, of: "u1"), FollowedWorld.event(2, of: "u2")]
        try await world.follow(events)
        try await world.follow(events, world.analytics)
        _ = try await world.notifications.change([.badge: false], of: "u1")
        _ = try await world.notifications.change([.badge: false], of: "u2")
        try await world.pool.withConnection { connection in
            try connection.script(
                """
                INSERT INTO tasks (user_id, title) VALUES ('u1', 'T'), ('u2', 'T');
                INSERT INTO challenges (challenge_id, user_id, difficulty)
                VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'u1', 'easy'), ('BBBBBBBBBBBBBBBBBBBBBB', 'u2', 'easy');
                INSERT INTO challenge_members (challenge_id, user_id) VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'u2'),
                    ('BBBBBBBBBBBBBBBBBBBBBB', 'u1'), ('BBBBBBBBBBBBBBBBBBBBBB', 'u2');
                INSERT INTO awards (user_id, kind, reference, board, points, nonce, issued_at)
                VALUES ('u1', 'task', '1', 'global', 5, 'n', now()), ('u2', 'task', '2', 'global', 5, 'n', now());
                """)
        }
    }

    private static func users(_ tables: [String], _ world: FollowedWorld) async throws -> [String] {
        var found: [String] = []
        for table in tables {
            found += try await world.column("SELECT DISTINCT '\(table) ' || user_id FROM \(table) ORDER BY 1")
        }
        return found
    }

    @Test
    func `nothing of play stays, and analytics count under the pseudonym`() async throws {
        try await withFollowedWorld { world in
            try await Self.fill(world)
            let erasures = PostgresErasures(session: world.pool)
            let erasure = try await erasures.begin("u1", patience: 0)
            #expect(try await Self.users(Self.tables, world) == Self.tables.map { "\($0) u2" })
            // A follower that was behind brings rows back. They go when the ledger has the pseudonym.
            try await world.follow([FollowedWorld.event(3, of: "u1")])
            try await world.follow([FollowedWorld.event(3, of: "u1")], world.analytics)
            #expect(try await erasures.advance(erasure, to: .names))
            #expect(try await erasures.rename(erasure))
            #expect(try await Self.users(Self.tables, world) == Self.tables.map { "\($0) u2" })
            #expect(
                try await world.column(
                    "SELECT user_id || ' ' || events FROM analytics_days ORDER BY events")
                    == ["u2 1", "\(erasure.pseudonym) 2"])
            #expect(
                try await world.column("SELECT user_id FROM analytics_users WHERE user_id <> 'u2'")
                    == [erasure.pseudonym])
            // Again, with nothing left to do.
            #expect(try await erasures.rename(erasure))
        }
    }

    @Test
    func `the deletion waits for a follower that is at work`() async throws {
        try await withFollowedWorld { world in
            try await world.column(
                "INSERT INTO follower_positions (follower, partition, seq) VALUES ('gamification', 0, 0) RETURNING seq")
            let erasures = PostgresErasures(session: world.pool)
            let erasure = try await erasures.begin("u1", patience: 0)
            try await Self.withGate(world) { open in
                let effect = world.gamification
                async let followed: Void = world.pool.transaction { connection in
                    try connection.query("SELECT FROM follower_positions FOR UPDATE")
                    try effect.take([FollowedWorld.event(1, of: "u1")], on: connection)
                    try connection.query("SELECT pg_advisory_xact_lock(9, 9)")
                }
                try await Self.waiting(1, world)
                async let renamed = erasures.rename(erasure)
                try await Self.waiting(2, world)
                try await open()
                try await followed
                #expect(try await renamed)
            }
            #expect(try await world.column("SELECT user_id FROM player_counts") == [])
        }
    }

    /// Runs a body while another session holds the lock on which the follower waits, until it is opened.
    private static func withGate(
        _ world: FollowedWorld, _ body: (_ open: @Sendable () async throws -> Void) async throws -> Void
    ) async throws {
        var configuration = PostgresConfiguration(url: world.url)
        configuration.poolSize = 1
        let gate = try PostgresPool(configuration: configuration, logger: quietLogger)
        try await withCleanUp {
            try await gate.withConnection { _ = try $0.query("SELECT pg_advisory_lock(9, 9)") }
            try await body { try await gate.withConnection { _ = try $0.query("SELECT pg_advisory_unlock(9, 9)") } }
        } then: {
            _ = await gate.shutdown(grace: .seconds(5))
        }
    }

    /// Waits until so many sessions wait for locks.
    private static func waiting(_ count: Int, _ world: FollowedWorld) async throws {
        try await eventually("\(count) sessions wait") {
            try await world.column(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """) == ["\(count)"]
        }
    }
}
