/// A board: how its scores are made and ordered, when its rankings begin again, and who may see them.
public struct Board: Hashable, Sendable {
    /// The board's id, `[A-Za-z0-9_-]{1,64}`.
    public var id: String
    /// The group, `[A-Za-z0-9_-]{1,64}`. Boards of one group share a partition, so that one action can change several
    /// of them in one step.
    public var group: String
    /// How scores are made and ordered.
    public var rules: BoardRules
    /// The windows, 1 to 16. The first one is the default of reads.
    public var windows: [Window]
    /// The IANA name of the time zone of the windows, such as `Europe/Berlin`.
    public var timeZone: String
    /// How long after a period's end actions that were issued in it still count, in seconds; 0 to 604800.
    public var graceSeconds: Int
    /// The sealed periods of each window that stay readable; 0 to 10000.
    public var keepPeriods: Int
    /// The number of entries at the head of a ranking that are watched and pushed; 1 to 100.
    public var top: Int
    /// The clients that may see it.
    public var visibility: Visibility
    /// A JSON object for clients, as text. The server does not interpret it.
    public var metadata: String
    /// The number of the board's form. It grows whenever the form changes or the board is emptied for that. Redis keeps
    /// it, and refuses updates that were prepared by another form; see `docs/adr/0016`.
    public var generation: Int64
    /// When the board was made, in ms since 1970. Periods before it do not exist.
    public var createdAt: Int64

    /// The clients that may see a board.
    public enum Visibility: String, Hashable, Sendable, CaseIterable {
        /// Everyone.
        case `public`
        /// Clients with a valid token.
        case `private`
    }

    /// Creates a board. The defaults are those of `global`.
    public init(
        id: String, group: String? = nil, rules: BoardRules = BoardRules(), windows: [Window] = [.all],
        timeZone: String = "UTC", graceSeconds: Int = 660, keepPeriods: Int = 100, top: Int = 10,
        visibility: Visibility = .public, metadata: String = "{}", generation: Int64 = 0, createdAt: Int64 = 0
    ) {
        self.id = id
        self.group = group ?? id
        self.rules = rules
        self.windows = windows
        self.timeZone = timeZone
        self.graceSeconds = graceSeconds
        self.keepPeriods = keepPeriods
        self.top = top
        self.visibility = visibility
        self.metadata = metadata
        self.generation = generation
        self.createdAt = createdAt
    }

    /// Whether a client needs a valid token to see the board.
    public var isPrivate: Bool { visibility == .private }

    /// The window with this name; nil if there is none.
    public func window(_ name: String) -> Window? { windows.first { $0.name == name } }

    /// How long after its end a period takes actions, in ms.
    public var graceMilliseconds: Int64 { Int64(graceSeconds) * 1000 }

    /// The board that exists in every new deployment.
    public static let global = Board(id: "global", rules: BoardRules(allowDecrease: true))
}
