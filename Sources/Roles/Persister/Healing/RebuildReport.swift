/// The result of a rebuild.
public struct RebuildReport: Hashable, Sendable {
    /// The partition.
    public var partition: Int
    /// The epoch under which it is open again.
    public var epoch: String
    /// The sequence number with which it goes on.
    public var seq: Int64
    /// The entries that were written.
    public var entries: Int64
    /// The events that only Redis had.
    public var orphans: Int
    /// The events that were carried to the ledger first.
    public var carried: Int
}
