/// The proofs about watchers. Pure.
package enum WatchProofs {
    /// The proofs about the tops that watchers saw.
    ///
    /// - Parameters:
    ///   - seen: the record of the versions.
    ///   - converged: the watchers that do not show the final top.
    ///   - hasTop: whether any of them shows an entry.
    package static func proofs(
        _ scenario: Scenario, _ watching: WatchTally, _ seen: TopRecord.Findings, converged: Differences, hasTop: Bool
    ) -> [Proof] {
        let count = scenario.watchers.count
        // A run without updates of its own that sees no change makes no claim about changes.
        let expectsNews = scenario.updates.rate > 0
        let unmoved =
            "the top never changed while they watched. Let the traffic last longer, send more updates, or mend what "
            + "made them fail; if somebody else's users went ahead of this run's, run it again alone"
        let nothing = expectsNews && watching.news == 0 ? unmoved : nil
        var proofs = [
            Proof(
                name: "converged", statement: "every watcher shows the final top", basis: "\(count) watchers",
                differences: converged,
                vacuous: nothing
                    ?? (hasTop || converged.count > 0
                        ? nil : "the board is empty. Send updates, or use a board that has entries"))
        ]
        if expectsNews || watching.news > 0 {
            proofs.append(
                Proof(
                    name: "versions", statement: "no watcher saw a version go back, or a delta that does not fit",
                    basis: "\(ScoreboardFrames(watching).all) messages, \(watching.news) of changes",
                    differences: watching.faults, vacuous: nothing))
        }
        proofs.append(
            Proof(
                name: "states", statement: "each version is the same top to all, as deltas, whole and over HTTP",
                basis: "\(seen.compared) states, \(seen.pagesCompared) reads over HTTP", differences: seen.differences,
                vacuous: seen.compared + seen.pagesCompared == 0
                    ? "no version was seen twice. Let the traffic last longer, or use more watchers" : nothing))
        return proofs
    }
}
