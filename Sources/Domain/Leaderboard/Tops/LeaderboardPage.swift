/// A page of a ranking, read in one step.
public struct LeaderboardPage: Hashable, Sendable {
    /// The epoch, version and entries of the page.
    public var top: Top
    /// The number of users in the ranking.
    public var total: Int64
    /// The place where the next page starts; nil after the last entry.
    public var next: LeaderboardCursor?

    /// Creates a page.
    public init(top: Top, total: Int64, next: LeaderboardCursor?) {
        self.top = top
        self.total = total
        self.next = next
    }
}
