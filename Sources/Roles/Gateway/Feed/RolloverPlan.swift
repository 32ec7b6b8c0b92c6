import Leaderboard

/// When a window is read again because its period ends. Pure; times are in ms.
///
/// The time comes from the store with each answer, so the node's own clock does not matter.
package enum RolloverPlan {
    /// The reads of all nodes are spread over this time after the end.
    package static let spreadMilliseconds: Int64 = 200
    /// The longest wait. Each later read plans again.
    package static let waitMax: Int64 = 3_600_000

    /// How long to wait before the next read; nil if the period does not end, or has ended, as a season's may have.
    ///
    /// - Parameters:
    ///   - period: the current period.
    ///   - now: the store's time, in ms since 1970.
    ///   - dice: a random number in 0..<1.
    package static func wait(for period: Period, at now: Int64, dice: Double) -> Int64? {
        guard let endsAt = period.endsAt, endsAt > now else { return nil }
        let (left, isTooMuch) = endsAt.subtractingReportingOverflow(now)
        guard !isTooMuch, left <= waitMax else { return waitMax }
        return left + Int64(Double(spreadMilliseconds) * dice)
    }
}
