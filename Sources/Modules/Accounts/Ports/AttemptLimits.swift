import Leaderboard

/// Counts what people try, on all nodes together.
package protocol AttemptLimits: Sendable {
    /// Counts an attempt as a failure, before anybody looks at it; see ``AttemptRule``.
    ///
    /// - Returns: nil if it may be looked at; otherwise the ms after which the next one may.
    func begin(_ attempt: Attempt) async throws(StoreError) -> Int64?
    /// The password was right: the failures of the account are forgotten, and this attempt is no failure of the
    /// address.
    func succeeded(_ attempt: Attempt) async throws(StoreError)
    /// Nobody looked at the password, since a store was away: this attempt is no failure.
    func takeBack(_ attempt: Attempt) async throws(StoreError)
    /// Counts something that may be done so often in an hour.
    ///
    /// - Returns: nil if it may be done; otherwise the ms after which it may.
    func admit(_ limit: HourlyLimit, for key: LimitKey) async throws(StoreError) -> Int64?
}
