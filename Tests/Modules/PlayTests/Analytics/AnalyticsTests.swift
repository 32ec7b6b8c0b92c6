import Basics
import Play
import PostgresClient
import Storage
import TestSupport
import Testing
import Worker

/// Analytics from rollups equal a count over the ledger.
struct AnalyticsTests {
    private static let users = 9
    private static let days = 40

    /// Writes a random ledger: some events with two boards, some of no update.
    private static func fill(_ world: FollowedWorld, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var rows: [String] = []
        for seq in 1...400 {
            let user = "u\(Int.random(in: 1...users, using: &random))"
            let action = ["kill", "sys-task", "win"].randomElement(using: &random) ?? "kill"
            let time = FollowedWorld.start - Int64.random(in: 0...Int64(days) * FollowedWorld.day, using: &random)
            let kind = seq % 17 == 0 ? "delete" : seq % 13 == 0 ? "correction" : "update"
            let points = Int64.random(in: -3...20, using: &random)
            let rank = Int64.random(in: 0...9, using: &random)
            let boards = seq % 3 == 0 ? ["global", "side"] : seq % 5 == 0 ? ["side"] : ["global"]
            for board in boards {
                rows.append(
                    """
                    (0, \(seq), '\(board)', '\(user)', '\(action)', 'n', 's\(seq)', \(points), 1, \(rank),
                    to_timestamp(\(time) / 1000.0), to_timestamp(\(time) / 1000.0), '\(kind)')
                    """)
            }
        }
        try await world.pool.withConnection { [rows] connection in
            try connection.script(
                """
                CREATE TABLE score_events_of_test PARTITION OF score_events DEFAULT;
                INSERT INTO score_events (partition, seq, board, user_id, action_id, nonce, signature, points, score,
                    rank, issued_at, applied_at, kind) VALUES \(rows.joined(separator: ","));
                INSERT INTO partition_positions (partition, epoch, last_id, seq, last_signature)
                VALUES (0, 'e', '400-0', 400, 's400');
                """)
        }
    }

    private static let updates = """
        (SELECT DISTINCT ON (seq) seq, user_id, action_id, points, (applied_at AT TIME ZONE 'UTC')::date AS day
         FROM score_events WHERE kind IN ('update', 'correction') ORDER BY seq) AS e
        """

    @Test(arguments: [UInt64(1), 2])
    func `rollups equal a count over the ledger`(_ seed: UInt64) async throws {
        try await withFollowedWorld { world in
            try await Self.fill(world, seed: seed)
            let follower = PostgresFollower(world.analytics, pool: world.pool)
            while try await follower.advance(partition: 0, limit: 37) != .idle {}
            #expect(
                try await world.column(
                    "SELECT concat_ws(' ', user_id, day, events, points, tasks) FROM analytics_days ORDER BY 1")
                    == world.column(
                        """
                        SELECT concat_ws(' ', user_id, day, count(*), sum(points),
                            count(*) FILTER (WHERE action_id = 'sys-task'))
                        FROM \(Self.updates) GROUP BY user_id, day ORDER BY 1
                        """))
            let store = PostgresAnalytics(pool: world.pool)
            for back in [0, 3, 20] {
                let day = CivilDate(milliseconds: FollowedWorld.start - Int64(back) * FollowedWorld.day)
                let overview = try await store.overview(of: day)
                try await Self.check(overview, day.text, world)
            }
        }
    }

    private static func check(_ overview: AnalyticsOverview, _ day: String, _ world: FollowedWorld) async throws {
        func count(_ condition: String) async throws -> [String] {
            try await world.column("SELECT count(DISTINCT user_id) FROM \(updates) WHERE \(condition)")
        }
        #expect(try await count("day = '\(day)'") == ["\(overview.daily)"])
        #expect(try await count("day BETWEEN date '\(day)' - 6 AND '\(day)'") == ["\(overview.weekly)"])
        #expect(try await count("day BETWEEN date '\(day)' - 29 AND '\(day)'") == ["\(overview.monthly)"])
        let began = "(SELECT user_id, min(day) AS first_day FROM \(updates) GROUP BY user_id) AS began"
        #expect(
            try await world.column("SELECT count(*) FROM \(began) WHERE first_day = '\(day)'") == ["\(overview.new)"])
        #expect(
            try await world.column(
                """
                SELECT concat_ws(' ', action_id, count(*), sum(points)) FROM \(updates) WHERE day = '\(day)'
                GROUP BY action_id ORDER BY sum(points) DESC, action_id COLLATE "C"
                """) == overview.actions.map { "\($0.name) \($0.events) \($0.points)" })
        #expect(
            try await world.column(
                """
                SELECT concat_ws(' ', user_id, sum(points)) FROM \(updates) WHERE day = '\(day)'
                GROUP BY user_id ORDER BY sum(points) DESC, user_id COLLATE "C" LIMIT 10
                """) == overview.movers.map { "\($0.name) \($0.points)" })
        for (index, distance) in [1, 7, 30].enumerated() {
            #expect(
                try await world.column(
                    """
                    SELECT concat_ws(' ', first_day, count(*), CASE WHEN first_day + \(distance) <= date '\(day)' THEN
                        count(*) FILTER (WHERE EXISTS (SELECT FROM \(updates)
                            WHERE e.user_id = began.user_id AND e.day = first_day + \(distance))) END)
                    FROM \(began) WHERE first_day BETWEEN date '\(day)' - 30 AND '\(day)'
                    GROUP BY first_day ORDER BY first_day
                    """)
                    == overview.cohorts.map { cohort in
                        (["\(cohort.day) \(cohort.users)"] + (cohort.returned[index].map { ["\($0)"] } ?? []))
                            .joined(separator: " ")
                    })
        }
    }

    @Test
    func `a user's days have the last rank of each`() async throws {
        try await withFollowedWorld { world in
            let (start, day) = (FollowedWorld.start, FollowedWorld.day)
            try await world.follow(
                [
                    FollowedWorld.event(1, of: "u1", rank: 4, at: start - day),
                    FollowedWorld.event(2, of: "u1", "sys-task", points: 7, rank: 2, at: start),
                    FollowedWorld.event(3, of: "u1", points: 1, rank: 0, at: start),
                ], world.analytics)
            let store = PostgresAnalytics(pool: world.pool)
            let today = CivilDate(milliseconds: start)
            let days = try await store.days(of: "u1", through: today, count: 2)
            #expect(
                days == [
                    UserDay(day: "2026-11-27", points: 5, events: 1, tasks: 0, rank: 4),
                    UserDay(day: "2026-11-28", points: 8, events: 2, tasks: 1, rank: 2),
                ])
            #expect(try await store.days(of: "u1", through: today, count: 1) == Array(days.suffix(1)))
        }
    }
}
