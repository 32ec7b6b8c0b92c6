import Leaderboard

/// When a user earns a badge. Pure.
package enum BadgeRule: Sendable, Equatable {
    /// At least so many updates; of one action, or on one board, if they are named.
    case count(atLeast: Int64, action: String?, board: String?)
    /// At least so many points together, at any time.
    case points(atLeast: Int64, action: String?, board: String?)
    /// A streak of at least so many days.
    case streak(atLeast: Int64)
    /// Such a rank or a better one after an update; on the board of play unless one is named.
    case rank(atMost: Int64, board: String?)
    /// At least so many completed challenges.
    case challenge(atLeast: Int64)
    /// At least so many of these badges.
    case badgeSet(atLeast: Int64, badges: [String])

    /// The names of the kinds.
    package enum Kind: String, CaseIterable, Sendable {
        case count, points, streak, rank, challenge
        case badgeSet = "badge_set"
    }

    /// The greatest bound.
    package static let boundMax: Int64 = 9_007_199_254_740_991
    /// The most badges of a set.
    package static let badgesMax = 100
    /// The action of completed challenges in the ledger.
    package static let challengeAction = ReservedAction.prefix + "challenge"

    /// Whether it holds for a user.
    ///
    /// - Parameter playBoard: the board of play.
    package func holds(for facts: PlayerFacts, playBoard: String) -> Bool {
        switch self {
        case .count(let bound, let action, let board):
            (facts.counts[CountKey(action: action ?? "", board: board ?? "")]?.events ?? 0) >= bound
        case .points(let bound, let action, let board):
            facts.counts[CountKey(action: action ?? "", board: board ?? "")].map { $0.bestPoints >= bound } ?? false
        case .streak(let bound): facts.longestStreak >= bound
        case .rank(let bound, let board):
            facts.counts[CountKey(action: "", board: board ?? playBoard)]?.bestRank.map { $0 <= bound } ?? false
        case .challenge(let bound):
            (facts.counts[CountKey(action: Self.challengeAction, board: "")]?.events ?? 0) >= bound
        case .badgeSet(let bound, let badges): badges.filter(facts.badges.contains).count >= bound
        }
    }
}

extension BadgeRule {
    /// The count that the rule looks at; nil if it looks at something else.
    package func countKey(playBoard: String) -> CountKey? {
        switch self {
        case .count(_, let action, let board), .points(_, let action, let board):
            CountKey(action: action ?? "", board: board ?? "")
        case .rank(_, let board): CountKey(action: "", board: board ?? playBoard)
        case .challenge: CountKey(action: Self.challengeAction, board: "")
        case .streak, .badgeSet: nil
        }
    }
}

/// What counts are kept by: an action and a board. An empty one stands for all of them.
package struct CountKey: Sendable, Hashable {
    /// The action, as the ledger has it; empty for all.
    package let action: String
    /// The board; empty for all.
    package let board: String

    /// Gathers the parts.
    package init(action: String, board: String) {
        self.action = action
        self.board = board
    }
}

/// The updates of a user that share a ``CountKey``.
package struct PlayerCount: Sendable, Equatable {
    /// Their number.
    package var events: Int64 = 0
    /// What they brought together.
    package var points: Int64 = 0
    /// The most that ``points`` ever was.
    package var bestPoints: Int64 = 0
    /// The best rank after one of them; nil if there is no single board, or none of them had a rank.
    package var bestRank: Int64?

    /// Nothing yet.
    package init() {}

    /// A stored count.
    package init(events: Int64, points: Int64, bestPoints: Int64, bestRank: Int64?) {
        self.events = events
        self.points = points
        self.bestPoints = bestPoints
        self.bestRank = bestRank
    }

    /// Counts one more.
    package mutating func add(points more: Int64, rank: Int64?) {
        events += 1
        let (sum, overflows) = points.addingReportingOverflow(more)
        points = overflows ? (more > 0 ? .max : .min) : sum
        bestPoints = max(bestPoints, points)
        if let rank, rank > 0 { bestRank = min(bestRank ?? rank, rank) }
    }
}

/// All that badges depend on.
package struct PlayerFacts: Sendable, Equatable {
    /// The counts.
    package var counts: [CountKey: PlayerCount] = [:]
    /// The streak; nil before the first point.
    package var streak: Streak?
    /// The badges that the user has.
    package var badges: Set<String> = []

    /// Nothing yet.
    package init() {}

    /// The most days of a streak.
    package var longestStreak: Int64 { Int64(streak?.longest ?? 0) }
    /// All points.
    package var points: Int64 { counts[CountKey(action: "", board: "")]?.points ?? 0 }

    /// Counts an update.
    ///
    /// - Parameter boards: the boards on which it counted, with the rank there.
    package mutating func count(action: String, points: Int64, boards: [(board: String, rank: Int64)]) {
        for action in [action, ""] {
            counts[CountKey(action: action, board: ""), default: PlayerCount()].add(points: points, rank: nil)
            for (board, rank) in boards {
                counts[CountKey(action: action, board: board), default: PlayerCount()].add(points: points, rank: rank)
            }
        }
    }

    /// Gives the badges whose rules hold. Sets of badges may follow from others that are given here.
    ///
    /// - Parameters:
    ///   - rules: those to look at.
    ///   - playBoard: the board of play.
    /// - Returns: the ids of the new ones, in the order in which they were found.
    package mutating func award(_ rules: [(id: String, rule: BadgeRule)], playBoard: String) -> [String] {
        var given: [String] = []
        var isNew = true
        while isNew {
            isNew = false
            for (id, rule) in rules where !badges.contains(id) && rule.holds(for: self, playBoard: playBoard) {
                badges.insert(id)
                given.append(id)
                isNew = true
            }
        }
        return given
    }
}
