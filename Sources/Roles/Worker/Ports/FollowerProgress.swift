import Leaderboard

/// How far followers have come.
public protocol FollowerProgress: Sendable {
    /// The partitions in which the ledger is ahead of a follower.
    func lag(of follower: String) async throws(StoreError) -> [FollowerLag]
    /// Whether a follower has taken an event, and all events before it.
    func hasPassed(_ follower: String, partition: Int, seq: Int64) async throws(StoreError) -> Bool
}

/// A partition in which the ledger is ahead of a follower.
public struct FollowerLag: Sendable, Equatable {
    /// The partition.
    public let partition: Int
    /// The sequence numbers between them.
    public let events: Int64
    /// Whether it can go on now. False while it waits after a failure.
    public let isDue: Bool

    /// Gathers the parts.
    public init(partition: Int, events: Int64, isDue: Bool) {
        self.partition = partition
        self.events = events
        self.isDue = isDue
    }
}
