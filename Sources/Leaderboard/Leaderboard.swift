/// One line of a leaderboard.
public struct LeaderboardEntry: Hashable, Sendable {
    /// From 1.
    public var rank: Int64
    /// The user.
    @ByteExact public var userID: String
    /// The user's score.
    public var score: Int64

    /// A line.
    public init(rank: Int64, userID: String, score: Int64) {
        self.rank = rank
        self.userID = userID
        self.score = score
    }
}

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

/// A page of a ranking, read in one step.
public struct LeaderboardPage: Hashable, Sendable {
    /// The epoch, version and entries that were read.
    public var top: Top
    /// How many users the ranking holds.
    public var total: Int64
    /// Where the next page starts; nil after the last entry.
    public var next: LeaderboardCursor?

    /// A page.
    public init(top: Top, total: Int64, next: LeaderboardCursor?) {
        self.top = top
        self.total = total
        self.next = next
    }
}

/// The place after one entry of a ranking. It stays right while others move, and when the entry itself has moved away.
public struct LeaderboardCursor: Hashable, Sendable {
    /// The entry's score.
    public var score: Int64
    /// The entry's member in the sorted set: its tie key and user id.
    @ByteExact public var member: String

    /// A place.
    public init(score: Int64, member: String) {
        self.score = score
        self.member = member
    }
}
