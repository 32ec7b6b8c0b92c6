/// The answer to a ``RankingQuestion``, read in one step.
public struct RankingAnswer: Hashable, Sendable {
    /// The epoch of the partition.
    public var epoch: String
    /// The version of the window's current top; for an archived period the one at its end.
    public var version: Int64
    /// When it was read, in ms since 1970 by the store's clock.
    public var at: Int64
    /// The period that was read.
    public var period: Period
    /// The number of users in the ranking.
    public var total: Int64
    /// The entries, best first.
    public var entries: [PlacedEntry]
    /// The place where the next page starts; nil after the last entry, and for questions without pages.
    public var next: LeaderboardCursor?
    /// The rank that was asked for with `rank(score:)`, or how many entries `top` has; otherwise nil.
    public var rank: Int64?
    /// The last entry of the part that `top` asks for; nil if the ranking is empty.
    public var last: PlacedEntry?

    /// Creates an answer.
    public init(
        epoch: String, version: Int64, at: Int64, period: Period, total: Int64, entries: [PlacedEntry] = [],
        next: LeaderboardCursor? = nil, rank: Int64? = nil, last: PlacedEntry? = nil
    ) {
        self.epoch = epoch
        self.version = version
        self.at = at
        self.period = period
        self.total = total
        self.entries = entries
        self.next = next
        self.rank = rank
        self.last = last
    }

    /// The entries as a top.
    public var top: Top {
        Top(epoch: epoch, version: version, at: at, period: period.name, entries: entries.map(\.entry))
    }
}

/// An entry with its place in the list, which differs from its rank if ranks are shared.
public struct PlacedEntry: Hashable, Sendable {
    /// The rank, the user and the score.
    public var entry: LeaderboardEntry
    /// The place in the list, from 1.
    public var place: Int64
    /// How many users have a better score.
    public var better: Int64
    /// When the score last changed, in ms since 1970; nil if that is not known.
    public var updatedAt: Int64?
    /// The place after this entry, so that a page which ends here can name the next one; nil if it is not known.
    public var after: LeaderboardCursor?

    /// Creates an entry.
    public init(
        entry: LeaderboardEntry, place: Int64, better: Int64, updatedAt: Int64? = nil, after: LeaderboardCursor? = nil
    ) {
        self.after = after
        self.entry = entry
        self.place = place
        self.better = better
        self.updatedAt = updatedAt
    }
}
