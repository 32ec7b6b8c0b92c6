import Leaderboard

/// Something that follows the ledger: it takes each event once, in the order of each partition.
public protocol LedgerFollower: Sendable {
    /// Its name, 1 to 32 of `a-z`: the key of its positions.
    var name: String { get }
    /// Takes the events after the position of a partition: their effect and the new position in one transaction.
    ///
    /// - Parameter limit: the most sequence numbers to look at.
    func advance(partition: Int, limit: Int) async throws(StoreError) -> FollowerStep
}

/// What one step of a follower did.
public enum FollowerStep: Sendable, Equatable {
    /// There was nothing to take.
    case idle
    /// The position moved by this many sequence numbers.
    case took(Int64)
    /// Another node works on the partition.
    case busy
    /// An event could not be taken. The follower waits there, and tries it again later.
    case failed(FollowerFailure)
}

/// An event that a follower could not take.
public struct FollowerFailure: Sendable, Equatable {
    /// The partition.
    public let partition: Int
    /// The event's sequence number.
    public let seq: Int64
    /// The number of tries so far.
    public let failures: Int
    /// The reason, for operators.
    public let reason: String

    /// Gathers the parts.
    public init(partition: Int, seq: Int64, failures: Int, reason: String) {
        self.partition = partition
        self.seq = seq
        self.failures = failures
        self.reason = reason
    }
}
