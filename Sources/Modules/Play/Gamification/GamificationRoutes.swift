import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import Signing
import StrictJSON

/// `/gamification`: what a user has reached.
package struct GamificationRoutes: PlayRoutes {
    /// Answers as `/leaderboard` does.
    package typealias Leaderboard = @Sendable (RouteRequest) async throws -> Reply

    private let players: any GamificationStore
    private let badges: any BadgeStore
    private let leaderboard: Leaderboard
    private let gate: StoreGate
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - leaderboard: answers as `/leaderboard` does.
    ///   - logger: is told when the stores cannot be reached.
    ///   - now: in ms since 1970.
    package init(
        players: any GamificationStore, badges: any BadgeStore, leaderboard: @escaping Leaderboard, logger: Logger,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.players = players
        self.badges = badges
        self.leaderboard = leaderboard
        self.now = now
        gate = StoreGate("Badges and streaks", logger: logger)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/gamification/points", .users(.playWrite)) { try await points($0) }
        table.add(.get, "/gamification/badges", .users(.playWrite)) { try await ownBadges($0) }
        table.add(.get, "/gamification/streak", .users(.playWrite)) { try await streak($0) }
        table.add(.get, "/gamification/level", .users(.playWrite)) { try await level($0) }
        table.add(.get, "/gamification/leaderboard", .viewers(.scoresRead)) { try await leaderboard($0) }
    }

    private func summary(_ request: RouteRequest) async throws -> PlayerSummary {
        let user = try request.bearer().subject
        return try await gate.run { () throws(StoreError) in try await players.summary(of: user) }
    }

    private func points(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let summary = try await summary(request)
        let day = LocalDays(zone: summary.timeZone).day(at: now())
        let today = try await gate.run { () throws(StoreError) in try await players.points(of: user, on: day) }
        return .json { json in
            json.beginObject()
            json.member("points", summary.points)
            json.member("today", today)
            json.member("tasks", summary.tasks)
            json.member("challenges", summary.challenges)
            json.endObject()
        }
    }

    private func ownBadges(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let held = try await gate.run { () throws(StoreError) in try await badges.held(by: user) }
        return .json { json in
            json.beginObject()
            json.key("badges")
            json.beginArray()
            for held in held { Self.write(held, to: &json) }
            json.endArray()
            json.endObject()
        }
    }

    private static func write(_ held: HeldBadge, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", held.badge.id)
        json.member("name", held.badge.name)
        json.member("description", held.badge.description)
        json.member("icon", held.badge.icon)
        json.member("earned_at", Timestamp.text(milliseconds: held.earnedAt))
        json.member("retroactive", held.isRetroactive)
        json.endObject()
    }

    private func streak(_ request: RouteRequest) async throws -> Reply {
        let standing = try await summary(request).standing(at: now())
        return .json { json in
            json.beginObject()
            json.member("days", standing.days)
            json.member("longest", standing.longest)
            json.member("freezes", standing.freezes)
            json.member("at_risk", standing.isAtRisk)
            json.endObject()
        }
    }

    private func level(_ request: RouteRequest) async throws -> Reply {
        let points = try await summary(request).points
        let level = LevelTable.level(of: points)
        return .json { json in
            json.beginObject()
            json.member("level", level)
            json.member("points", points)
            json.member("next_level_at", orNull: LevelTable.nextPoints(after: level))
            json.endObject()
        }
    }
}
