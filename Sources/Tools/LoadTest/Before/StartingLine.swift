/// The score from which the users of a run begin. Pure.
///
/// Users of earlier runs stay on the board. Without a lead, the users of the next run would have to climb past them
/// before any watcher saw a change, and after a few runs none of them would get there. So a run begins right above the
/// board's present top. On an empty board (or one that belongs to this run alone) that is zero.
package enum StartingLine {
    /// The largest score that a board can hold exactly.
    package static let scoreMax: Int64 = 9_007_199_254_740_991

    /// The points that each user of a run gets before the traffic; 0 if none are needed.
    ///
    /// The lead is one more than the best score, and no more, so that a board rises by no more than the score of the
    /// best user of each run.
    ///
    /// - Parameters:
    ///   - top: the best score on the board; nil if the board is empty.
    ///   - nodes: each takes one more update before the traffic.
    /// - Throws: ``LoadError`` if scores could exceed the bound during the run.
    package static func lead(above top: Int64?, _ scenario: Scenario, nodes: Int) throws(LoadError) -> Int64 {
        guard scenario.updates.rate > 0 else { return 0 }
        let best = min(max(top ?? 0, 0), scoreMax)
        let lead = best == 0 ? 0 : best + 1
        let gain = gainMax(scenario, nodes: nodes)
        guard gain <= Double(scoreMax - min(lead, scoreMax)) else {
            throw LoadError(
                "The best score on board \(scenario.board) is \(best), and the run could take its users past the bound "
                    + "of 2^53 - 1. Remove that score, use a board without it, or lower updates.points, updates.rate "
                    + "or duration.")
        }
        return lead
    }

    /// More points than any user of the run will gain: requests are spread evenly over the users at random, and ten
    /// standard deviations above the mean do not happen.
    static func gainMax(_ scenario: Scenario, nodes: Int) -> Double {
        let all = Double(RequestPlan(scenario).count)
        let mean = all / Double(scenario.updates.users)
        let most = min(all, (mean + 10 * mean.squareRoot() + 100).rounded(.up)) + Double(nodes)
        return most * Double(scenario.updates.points)
    }

    /// The action that gives leads, in addition to the scenario's own. It submits the score.
    package static func action(for action: String) -> String { action + suffix }

    /// The end of that action's name.
    package static let suffix = "-lead"
}
