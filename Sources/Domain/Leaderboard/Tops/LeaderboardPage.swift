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
