/// The states of all partitions, read from one Redis process.
public struct PartitionSnapshot: Hashable, Sendable {
    /// The `run_id` of the process, which is new with each start of Redis.
    public var run: String
    /// The state of each partition, in order.
    public var states: [PartitionState]
    /// The signatures of the events that were asked for. An event that the outbox does not hold, or that cannot be
    /// read, has none.
    public var signatures: [Int: String]

    /// Creates a snapshot of its parts.
    public init(run: String, states: [PartitionState], signatures: [Int: String] = [:]) {
        self.run = run
        self.states = states
        self.signatures = signatures
    }
}
