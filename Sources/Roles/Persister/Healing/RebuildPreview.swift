import Leaderboard

/// The changes that a rebuild of a partition would make now. While the partition takes updates, they are a moment's.
public struct RebuildPreview: Hashable, Sendable {
    /// The partition.
    public var partition: Int
    /// The entries of its rankings in Postgres.
    public var entries: Int64 = 0
    /// How entries in Redis differ from those in Postgres.
    public var differences = StandingDifferences()
    /// The entries that only Redis has.
    public var extra: Int64 = 0
    /// The events that only Redis has.
    public var events = 0
}
