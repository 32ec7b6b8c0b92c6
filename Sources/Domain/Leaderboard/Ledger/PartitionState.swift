/// The state of a partition in Redis.
public struct PartitionState: Hashable, Sendable {
    /// The open epoch; nil if the partition is closed.
    public var epoch: String?
    /// The sequence number of the last event.
    public var seq: Int64
    /// Whether the partition is closed until it is rebuilt. Only the rebuild may open it.
    public var awaitsRebuild: Bool
    /// The `run_id` of the Redis process that was verified for this data; nil if none was.
    public var run: String?
    /// The `run_id` of the verified Redis process, until it has rewritten its append-only file; nil afterwards.
    public var rewriting: String?
    /// Whether an operator has asked for the rebuild.
    public var isRebuildWanted: Bool

    /// Creates a state.
    public init(
        epoch: String?, seq: Int64, awaitsRebuild: Bool = false, isRebuildWanted: Bool = false, run: String? = nil,
        rewriting: String? = nil
    ) {
        self.rewriting = rewriting
        self.isRebuildWanted = isRebuildWanted
        self.epoch = epoch
        self.seq = seq
        self.awaitsRebuild = awaitsRebuild
        self.run = run
    }

    /// Whether the partition takes writes on the Redis process with this `run_id`, if it is open. Data that was
    /// restored or copied names another process.
    public func isVerified(by run: String) -> Bool { self.run == run }
}
