/// One period of a window: half-open, in ms since 1970.
public struct Period: Hashable, Sendable {
    /// The name within its window, such as `2026-11-20`, `2026-W47`, `season-1` or `all`.
    public let name: String
    /// When it begins; nil if it has always run.
    public let startsAt: Int64?
    /// When it ends; nil if it never does.
    public let endsAt: Int64?

    /// Creates a period.
    public init(name: String, startsAt: Int64?, endsAt: Int64?) {
        self.name = name
        self.startsAt = startsAt
        self.endsAt = endsAt
    }

    /// The only period of the window `all`.
    public static let all = Period(name: "all", startsAt: nil, endsAt: nil)

    /// Whether a time in ms since 1970 lies in it.
    public func contains(_ time: Int64) -> Bool {
        startsAt.map { $0 <= time } ?? true && endsAt.map { time < $0 } ?? true
    }

    /// The time from which it takes no more actions, in ms since 1970; nil if there is none.
    public func cut(graceMilliseconds: Int64) -> Int64? { endsAt.map { $0 + graceMilliseconds } }

    /// The states of a period.
    public enum State: String, Hashable, Sendable {
        /// It runs, or has not begun yet.
        case open
        /// It is over, and still takes actions that were issued in it.
        case grace
        /// It takes nothing any more.
        case sealed
    }

    /// The state at a time.
    public func state(at time: Int64, graceMilliseconds: Int64) -> State {
        guard let endsAt, time >= endsAt else { return .open }
        return time < endsAt + graceMilliseconds ? .grace : .sealed
    }
}
