/// How far the ledger has come in a partition.
public struct LedgerPosition: Hashable, Sendable {
    /// The epoch of the last event; empty before the first.
    public var epoch: String
    /// The sequence number of the last event; 0 before the first.
    public var seq: Int64
    /// The signature of the last event. It shows whether Redis still has the history that the ledger holds.
    public var signature: String

    /// Creates a position.
    public init(epoch: String, seq: Int64, signature: String) {
        self.epoch = epoch
        self.seq = seq
        self.signature = signature
    }
}
