import ScorecastClient

/// Messages by type.
struct ScoreboardFrames {
    let snapshots: Int
    let updates: Int
    let deltas: Int
    var all: Int { snapshots + updates + deltas }

    init(_ tally: WatchTally) {
        snapshots = tally.frames[.snapshot] ?? 0
        updates = tally.frames[.update] ?? 0
        deltas = tally.frames[.delta] ?? 0
    }
}
