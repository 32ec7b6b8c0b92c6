import Leaderboard

/// What is known of a window's top: its version, the period that it is of, and what watchers were told last.
///
/// A store may count changes that it makes in one step as one, so a version is a range until somebody reads it.
struct ModelVersion: Hashable, Sendable {
    /// The versions that it may have.
    private(set) var range: ClosedRange<Int64> = 0...0
    /// The period to which the window was turned; nil if it was turned to none, or has one that never ends.
    private(set) var period: Period?
    /// What watchers were told last; nil if nothing.
    private(set) var told: Told?

    /// A top as watchers see it.
    struct Told: Hashable, Sendable {
        var period: String
        var entries: [LeaderboardEntry]
    }

    /// Whether nothing has counted in the window, and nobody has looked at it.
    var isUntouched: Bool { period == nil && range.upperBound == 0 }

    /// Counts changes of the top, of which watchers are told.
    mutating func grow(by changes: ClosedRange<Int64>, told: Told) {
        range = range.lowerBound + changes.lowerBound...range.upperBound + changes.upperBound
        self.told = told
    }

    /// Turns to a period. That is a new version, unless nothing has counted yet.
    ///
    /// - Returns: whether it is a new version.
    @discardableResult mutating func turn(to period: Period, told: @autoclosure () -> Told) -> Bool {
        guard self.period?.name != period.name || self.period?.startsAt != period.startsAt else { return false }
        let isNew = !isUntouched
        self.period = period
        if isNew { grow(by: 1...1, told: told()) }
        return isNew
    }

    /// Sets the period after the form of the board has changed. This is not a new version.
    mutating func begin(_ period: Period?) { self.period = period }

    /// Takes a version that a store has answered. Returns whether that is possible.
    mutating func observe(_ version: Int64) -> Bool {
        guard range.contains(version) else { return false }
        range = version...version
        return true
    }
}
