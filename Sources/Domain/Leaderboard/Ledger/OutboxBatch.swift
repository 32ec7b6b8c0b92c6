/// Consecutive events of one partition, without a gap.
public struct OutboxBatch: Sendable {
    /// The partition, from 0.
    public var partition: Int
    /// The epoch in which the events were read.
    public var epoch: String
    /// The events in order of `seq`. There is at least one, unless the first one cannot be read.
    public var events: [LedgerEvent]
    /// The signature of the event before the first one, if the outbox still has it. It shows whether the events
    /// continue the history that the ledger holds.
    public var anchor: String?
    /// Why the next event cannot be read; nil if all could be read.
    public var trouble: StoreError?

    /// Creates a batch.
    public init(
        partition: Int, epoch: String, events: [LedgerEvent], anchor: String? = nil, trouble: StoreError? = nil
    ) {
        self.partition = partition
        self.epoch = epoch
        self.events = events
        self.anchor = anchor
        self.trouble = trouble
    }
}
