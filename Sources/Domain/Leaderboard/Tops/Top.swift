/// The visible top of a ranking as one version has it.
public struct Top: Hashable, Sendable {
    /// One unbroken history of the board; 1 to 32 of `[a-z0-9]`.
    public var epoch: String
    /// Counts the changes of the visible top within the epoch.
    public var version: Int64
    /// When the version was made (or, for version 0, read), in ms since 1970 by Redis' clock.
    public var at: Int64
    /// The entries, best first.
    public var entries: [LeaderboardEntry]

    /// A top.
    public init(epoch: String, version: Int64, at: Int64, entries: [LeaderboardEntry]) {
        self.epoch = epoch
        self.version = version
        self.at = at
        self.entries = entries
    }
}
