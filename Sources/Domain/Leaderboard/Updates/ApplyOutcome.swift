/// The outcome of a score update. Only `applied` changed anything.
public enum ApplyOutcome: Hashable, Sendable {
    /// The update counted now.
    case applied(Receipt)
    /// The update had counted before. The receipt is that of the first time.
    case replayed(Receipt)
    /// The action id was used before with another `new_score`.
    case actionIDReused
    /// The user exceeded the rate limit. The same update can succeed after `retryAfterMilliseconds`.
    case rateLimited(retryAfterMilliseconds: Int64)
    /// The action exceeded one of its own limits: its cooldown or its daily count. For the daily count,
    /// `retryAfterMilliseconds` is 0.
    case actionLimited(UpdateLimit.Name, retryAfterMilliseconds: Int64)
    /// The user gains points faster than is plausible.
    case velocityExceeded
    /// The score would leave `ScoreBounds`.
    case outOfBounds
    /// The partition is closed: it is new, or it is being rebuilt.
    case closed
    /// The receipt may be gone already, so the update may have counted before: the clocks of the deployment differ.
    ///
    /// - Parameters:
    ///   - at: the time of Redis' clock, in ms since 1970.
    ///   - forgottenSecond: the last second since 1970 whose receipts were deleted.
    case stale(at: Int64, forgottenSecond: Int64)
}
