import Leaderboard

/// An event and the batch that it came with. All rows that the event leads to share it.
final class CarriedEvent: Sendable {
    let partition: Int
    let epoch: String
    let event: LedgerEvent

    init(partition: Int, epoch: String, event: LedgerEvent) {
        self.partition = partition
        self.epoch = epoch
        self.event = event
    }

    /// Returns the events of batches, in order.
    static func all(of batches: [OutboxBatch]) -> [CarriedEvent] {
        var all: [CarriedEvent] = []
        all.reserveCapacity(batches.reduce(0) { $0 + $1.events.count })
        for batch in batches {
            for event in batch.events {
                all.append(CarriedEvent(partition: batch.partition, epoch: batch.epoch, event: event))
            }
        }
        return all
    }
}
