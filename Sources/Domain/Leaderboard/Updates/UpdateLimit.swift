import Basics

/// A limit that the store keeps for an update, in the same step that applies it. A refused update leaves no trace in
/// any of them.
public enum UpdateLimit: Hashable, Sendable {
    /// How often a user may update a board.
    case rate(RateLimit)
    /// How long a user waits before the same action counts again.
    case cooldown(seconds: Int)
    /// How often the action counts for a user in one day (UTC, days since 1970, of the action's issue time).
    case daily(count: Int, day: Int64)
    /// How many points a user may gain on a board in one period; nobody plays faster.
    case velocity(RateLimit)

    /// The limit's name in metrics and in the script.
    public var name: Name {
        switch self {
        case .rate: .rate
        case .cooldown: .cooldown
        case .daily: .daily
        case .velocity: .velocity
        }
    }

    /// The names.
    public enum Name: String, Sendable, CaseIterable {
        /// How often a user may update a board.
        case rate
        /// How long a user waits before the same action.
        case cooldown
        /// How often in one day.
        case daily
        /// How many points in one period.
        case velocity
    }
}
