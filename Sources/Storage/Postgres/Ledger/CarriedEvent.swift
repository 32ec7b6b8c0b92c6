import Leaderboard

/// An event and the batch that it came with.
struct CarriedEvent {
    let partition: Int
    let epoch: String
    let event: LedgerEvent
}
