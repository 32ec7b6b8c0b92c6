/// The top of a window's current ranking at one version.
public struct Top: Hashable, Sendable {
    /// The epoch: one unbroken history of the board's partition. 1 to 32 characters of `[a-z0-9]`.
    public var epoch: String
    /// The number of changes of the top within the epoch.
    public var version: Int64
    /// When the version was made, in ms since 1970 by Redis' clock. For version 0: when it was read.
    public var at: Int64
    /// The name of the period of the window.
    public var period: String
    /// The entries, best first.
    public var entries: [LeaderboardEntry]

    /// Creates a top.
    public init(
        epoch: String, version: Int64, at: Int64, period: String = Period.all.name, entries: [LeaderboardEntry]
    ) {
        self.period = period
        self.epoch = epoch
        self.version = version
        self.at = at
        self.entries = entries
    }
}
