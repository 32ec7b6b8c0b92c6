/// Events of one partition that follow each other without a gap.
public struct OutboxBatch: Sendable {
    /// The partition, from 0.
    public var partition: Int
    /// The epoch in which they were read.
    public var epoch: String
    /// In order of `seq`; at least one, unless there is trouble with the first.
    public var events: [LedgerEvent]
    /// The signature of the event before them, where the outbox has it: tells whether they go on from what was written
    /// down.
    public var anchor: String?
    /// Why there are no further events, where there are but cannot be read.
    public var trouble: StoreError?

    /// A batch.
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
