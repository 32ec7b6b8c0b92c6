import Basics
import Leaderboard
import Play
import PostgresClient
import Storage
import TestSupport
import Testing

/// What the follower `gamification` keeps.
struct GamificationFollowerTests {
    @Test
    func `an event counts for its action, its boards and all together`() async throws {
        try await withFollowedWorld { world in
            try await world.follow([
                FollowedWorld.event(1, of: "u1", points: 5, rank: 3),
                FollowedWorld.event(2, of: "u1", "sys-task", points: -2, rank: 2),
                FollowedWorld.event(3, of: "gone", isErased: true),
            ])
            #expect(
                try await world.column(
                    """
                    SELECT concat_ws(',', user_id, action_id, board, events, points, best_points, best_rank)
                    FROM player_counts ORDER BY action_id COLLATE "C", board COLLATE "C"
                    """) == [
                        "u1,,,2,3,5", "u1,,global,2,3,5,2", "u1,kill,,1,5,5", "u1,kill,global,1,5,5,3",
                        "u1,sys-task,,1,-2,0", "u1,sys-task,global,1,-2,0,2",
                    ])
            let players = world.players()
            let summary = try await players.summary(of: "u1")
            #expect(summary.points == 3 && summary.tasks == 1 && summary.challenges == 0)
            #expect(try await players.points(of: "u1", on: CivilDate(milliseconds: FollowedWorld.start)) == 3)
        }
    }

    @Test
    func `badges and levels come with the event that earns them, once, with a notification`() async throws {
        try await withFollowedWorld { world in
            try await world.put("twice", .count(atLeast: 2, action: "kill", board: nil))
            try await world.put("set", .badgeSet(atLeast: 1, badges: ["twice"]))
            // All in one batch: the second event earns, not the last one.
            try await world.follow((1...4).map { FollowedWorld.event($0, of: "u1", points: 60) })
            #expect(
                try await world.column(
                    "SELECT concat_ws(' ', badge_id, partition, seq, retroactive) FROM user_badges ORDER BY badge_id")
                    == ["set 0 2 f", "twice 0 2 f"])
            #expect(
                try await world.column("SELECT kind || ' ' || reference FROM notifications ORDER BY kind, reference")
                    == ["badge set", "badge twice", "level 2"])
            let standing = try #require(
                await world.players(place: LedgerPlace(partition: 0, seq: 2)).standing(
                    of: "u1", afterAward: 7, within: .zero, positioned: world))
            #expect(standing.badges.map(\.id) == ["set", "twice"])
            #expect(standing.streak == StreakStanding(days: 1, longest: 1, freezes: 0, isAtRisk: false))
        }
    }

    @Test
    func `an event that followers have not passed is waited for`() async throws {
        try await withFollowedWorld { world in
            let players = world.players(place: LedgerPlace(partition: 0, seq: 2))
            #expect(await players.standing(of: "u1", afterAward: 7, within: .milliseconds(50)) == nil)
            #expect(await players.standing(of: "u1", afterAward: nil, within: .zero)?.streak == StreakStanding.none)
        }
    }

    @Test
    func `days are those of the user's time zone, and may come late`() async throws {
        try await withFollowedWorld { world in
            try await world.column(
                "INSERT INTO profiles (user_id, time_zone) VALUES ('u1', 'Pacific/Kiritimati') RETURNING user_id")
            let (start, day) = (FollowedWorld.start, FollowedWorld.day)
            try await world.follow([FollowedWorld.event(1, of: "u1", at: start)])
            #expect(try await world.column("SELECT last_day FROM streaks") == ["2026-11-29"])
            try await world.follow([FollowedWorld.event(2, of: "u1", at: start + 2 * day)])
            #expect(try await world.column("SELECT days || ' ' || longest FROM streaks") == ["1 1"])
            // Another partition was behind.
            try await world.follow([FollowedWorld.event(1, of: "u1", at: start + day, partition: 1)])
            #expect(try await world.column("SELECT days || ' ' || longest FROM streaks") == ["3 3"])
        }
    }

    @Test
    func `users are told once a day that their streaks are at risk`() async throws {
        try await withFollowedWorld { world in
            let (start, day) = (FollowedWorld.start, FollowedWorld.day)
            try await world.follow([
                FollowedWorld.event(1, of: "u1", at: start), FollowedWorld.event(2, of: "u2", at: start),
                FollowedWorld.event(3, of: "u2", at: start + day), FollowedWorld.event(4, of: "old", at: start - day),
            ])
            let players = world.players()
            for time in [start + day, start + day + day / 3, start + day + day / 3 + 60_000] {
                var after: String?
                repeat { after = try await players.warn(at: time, after: after, limit: 1) } while after != nil
            }
            #expect(
                try await world.column("SELECT concat_ws(' ', user_id, kind, reference) FROM notifications")
                    == ["u1 streak_at_risk 2026-11-29"])
        }
    }
}

extension PostgresGamification {
    /// Waits for an award after the follower's position was set past it, as the follower's driver does.
    fileprivate func standing(
        of user: String, afterAward id: Int64, within patience: Duration, positioned world: FollowedWorld
    ) async throws -> CompletionStanding? {
        try await world.column(
            "INSERT INTO follower_positions (follower, partition, seq) VALUES ('gamification', 0, 4) RETURNING seq")
        return await standing(of: user, afterAward: id, within: patience)
    }
}
