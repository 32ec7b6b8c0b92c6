import Basics

/// A limit that the store checks in the same step that applies the update. A refused update leaves no trace in any
/// limit.
public enum UpdateLimit: Hashable, Sendable {
    /// How often a user may update a board.
    case rate(RateLimit)
    /// How long a user has to wait before the same action counts again.
    case cooldown(seconds: Int)
    /// How often the action counts for a user in one day (UTC). The day, in days since 1970, is that of the action's
    /// issue.
    case daily(count: Int, day: Int64)
    /// How many points a user may gain on a board in one period. More than that is not plausible.
    case velocity(RateLimit)

    /// The limit's name in metrics and in the Lua script.
    public var name: Name {
        switch self {
        case .rate: .rate
        case .cooldown: .cooldown
        case .daily: .daily
        case .velocity: .velocity
        }
    }

    /// The names of the limits.
    public enum Name: String, Sendable, CaseIterable {
        /// How often a user may update a board.
        case rate
        /// How long a user has to wait before the same action counts again.
        case cooldown
        /// How often an action counts in one day.
        case daily
        /// How many points a user may gain in one period.
        case velocity
    }
}
