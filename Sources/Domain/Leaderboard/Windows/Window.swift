/// A window of a board: how its rankings begin again.
public struct Window: Hashable, Sendable {
    /// The name, unique on its board: one of the fixed ones, or `[a-z0-9-]{1,32}`.
    public let name: String
    /// When its periods begin and end.
    public let kind: Kind

    /// When the periods of a window begin and end.
    public enum Kind: Hashable, Sendable {
        /// One period that never ends.
        case all
        /// By the calendar; weeks begin on Monday (ISO 8601).
        case hourly, daily, weekly, monthly, yearly
        /// From one firing to the next.
        case cron(CronSchedule)
        /// One period, half-open, in ms since 1970.
        case season(startsAt: Int64, endsAt: Int64)
    }

    /// Creates a window. The names of ``fixed`` belong to those kinds.
    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// The window that never ends.
    public static let all = Window(name: "all", kind: .all)

    /// The windows that need only a name.
    public static let fixed: [Window] = [
        .all, Window(name: "hourly", kind: .hourly), Window(name: "daily", kind: .daily),
        Window(name: "weekly", kind: .weekly), Window(name: "monthly", kind: .monthly),
        Window(name: "yearly", kind: .yearly),
    ]

    /// The fixed window with this name; nil if there is none.
    public static func fixed(_ name: String) -> Window? { fixed.first { $0.name == name } }

    /// Whether the window has one period only: `all` and seasons.
    public var hasOnePeriod: Bool {
        switch kind {
        case .all, .season: true
        default: false
        }
    }

    /// The most windows of a board.
    public static let countMax = 16
}
