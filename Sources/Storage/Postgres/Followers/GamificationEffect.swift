import Basics
import Leaderboard
import NIOConcurrencyHelpers
import Play
import PostgresClient

/// Keeps counts, days, streaks, levels and badges of players: the follower `gamification`. Deleted users are left out.
package final class GamificationEffect: FollowerEffect {
    /// The follower's name.
    package static let followerName = "gamification"
    /// See `FollowerEffect`.
    package var name: String { Self.followerName }
    private let playBoard: String
    private let cache = NIOLockedValueBox<CachedBadges?>(nil)

    /// The badges of a moment. Their number and the greatest revision change with each change of a badge.
    private struct CachedBadges: Sendable {
        let count: Int64
        let revision: Int64
        let badges: KnownBadges
    }

    /// - Parameter playBoard: the board of play.
    package init(playBoard: String) { self.playBoard = playBoard }

    /// See `FollowerEffect`.
    package func take(_ events: [FollowedEvent], on connection: PostgresConnection) throws {
        let events = events.filter { !$0.isErased }
        let users = Set(events.map { ByteExact($0.userID) }).map(\.wrappedValue)
        guard !users.isEmpty else { return }
        try PlayLocks.lock(users, on: connection)
        // Read after the locks: a sweep that is over has looked at all that was committed before.
        let badges = try badges(on: connection)
        let facts = try PlayerFactsTable.facts(
            of: users, actions: Set(events.map(\.action)).union([""]),
            boards: Set(events.flatMap { $0.boards.map(\.board) }).union([""]), on: connection)
        let zones = try PlayerFactsTable.timeZones(of: users, on: connection)
        var players: [ByteExact: FollowedPlayer] = [:]
        for event in events {
            let key = ByteExact(event.userID)
            var player =
                players[key]
                ?? FollowedPlayer(
                    userID: event.userID, facts: facts[key] ?? PlayerFacts(), zone: zones[key], badges: badges,
                    playBoard: playBoard)
            try player.take(event, on: connection)
            players[key] = player
        }
        let sorted = players.values.sorted { $0.userID.utf8.lexicographicallyPrecedes($1.userID.utf8) }
        try FollowedPlayer.write(sorted, on: connection)
    }

    private func badges(on connection: PostgresConnection) throws -> KnownBadges {
        let mark = try connection.query("SELECT count(*), coalesce(max(revision), 0) FROM badges").first
        let (count, revision) = (try mark?.int(0) ?? 0, try mark?.int(1) ?? 0)
        if let cached = cache.withLockedValue({ $0 }), cached.count == count, cached.revision == revision {
            return cached.badges
        }
        let badges = KnownBadges(try BadgeRows.all(on: connection))
        // A change may be committed between the two reads: then the next batch reads them again.
        cache.withLockedValue { $0 = CachedBadges(count: count, revision: revision, badges: badges) }
        return badges
    }
}

/// The badges that events can earn.
struct KnownBadges: Sendable {
    /// The badges by their ids.
    let byID: [String: Badge]
    /// Their rules, in the order of the ids.
    let rules: [(id: String, rule: BadgeRule)]

    init(_ badges: [Badge]) {
        byID = Dictionary(badges.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        rules = badges.map { (id: $0.id, rule: $0.rule) }
    }
}
