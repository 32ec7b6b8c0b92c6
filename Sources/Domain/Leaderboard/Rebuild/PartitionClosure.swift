/// How a partition was found that is closed until it is rebuilt. A rebuild begins only if it is still so.
public struct PartitionClosure: Hashable, Sendable {
    /// The partition.
    public var partition: Int
    /// The epoch that it had when it was closed; nil if that is not known.
    public var epoch: String?
    /// The mark with which the store says that it waits for a rebuild.
    public var mark: String
    /// The last rebuild that has begun and is not done; empty if there is none.
    public var rebuild: String

    /// Creates one.
    public init(partition: Int, epoch: String?, mark: String, rebuild: String) {
        (self.partition, self.epoch, self.mark, self.rebuild) = (partition, epoch, mark, rebuild)
    }
}
