/// Where a partition stands in Redis.
public struct PartitionState: Hashable, Sendable {
    /// The open epoch, nil while the partition is closed.
    public var epoch: String?
    /// The sequence number of the last event.
    public var seq: Int64
    /// Whether the partition was closed until it is rebuilt: nothing else may open it.
    public var awaitsRebuild: Bool

    /// A state.
    public init(epoch: String?, seq: Int64, awaitsRebuild: Bool = false) {
        self.epoch = epoch
        self.seq = seq
        self.awaitsRebuild = awaitsRebuild
    }
}
