import Leaderboard
import PostgresClient

/// One step in which events change the table `scores`. Steps are taken in order: an act of an administrator concerns
/// the updates before it, and not those after it.
enum ScoreStep {
    /// Writes scores, at most one for each user and ranking.
    case write([ScoreRow])
    /// Carries out a `reset`, `delete` or `seal`.
    case carryOut(LedgerAct)

    /// Returns the steps of events. Without an act of an administrator there is at most one.
    ///
    /// Different partitions have different rankings: their order among each other means nothing.
    static func steps(of events: [CarriedEvent]) -> [ScoreStep] {
        var steps: [ScoreStep] = []
        // The last event of each user in each ranking is enough.
        var last: [ScoreRow.Key: ScoreRow] = [:]
        func endRun() {
            if !last.isEmpty { steps.append(.write(Array(last.values))) }
            last.removeAll()
        }
        for source in events {
            guard source.event.kind == .update else {
                endRun()
                steps.append(.carryOut(LedgerAct(source: source)))
                continue
            }
            for outcome in source.event.outcomes {
                guard let place = outcome.place, place.isChanged else { continue }
                let row = ScoreRow(source: source, outcome: outcome, score: place.score)
                last[row.key] = row
            }
        }
        endRun()
        return steps
    }

    /// Takes the step.
    func take(on connection: PostgresConnection) throws(PostgresError) {
        switch self {
        case .write(let rows): try ScoreRow.upsert(rows, on: connection)
        case .carryOut(let act): try act.carryOut(on: connection)
        }
    }
}
