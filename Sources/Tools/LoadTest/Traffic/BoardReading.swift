import ScorecastClient

/// The scores of a run's users, gathered from the pages of a ranking, best first. Pure.
package struct BoardReading: Sendable {
    private let oracle: Oracle
    /// The scores by the user's number.
    package private(set) var scores: [Int: Int64] = [:]
    /// Users that are on the board twice, and names that no user of the run has.
    package private(set) var faults = Differences()
    /// Entries that were read.
    package private(set) var entries = 0

    /// Nothing read.
    package init(_ oracle: Oracle) { self.oracle = oracle }

    /// Reads a page.
    ///
    /// - Parameter isLast: whether the ranking ends with it.
    /// - Returns: whether that was enough. No user of the run can be below its lead, so on a board with many earlier
    ///   runs the rest is read only if a user is missing.
    package mutating func read(_ page: [ScoreboardEntry], isLast: Bool) -> Bool {
        entries += page.count
        for entry in page {
            switch oracle.owner(of: entry.userID) {
            case .user(let number):
                if let before = scores.updateValue(entry.score, forKey: number) {
                    faults.add("\(entry.userID) is on the board twice, with \(before) and \(entry.score)")
                }
            case .stranger: faults.add("\(entry.userID) is on the board, and never was")
            case .other: break
            }
        }
        guard !isLast, oracle.lead > 0, let lowest = page.last?.score else { return isLast }
        return lowest < oracle.lead && oracle.isComplete(scores)
    }
}
