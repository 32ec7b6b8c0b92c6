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
    /// A score would leave `ScoreBounds` or the bounds of its board.
    case outOfBounds
    /// A score would become worse, and its board does not allow that.
    case decreaseRefused
    /// Every ranking on which the update would count is sealed.
    case sealed
    /// A board has another form by now. The update has to be prepared again with the current catalogue.
    ///
    /// - Parameter board: the id of the board.
    case formChanged(board: String)
    /// The partition is closed: it is new, or it is being rebuilt.
    case closed
    /// The receipt may be gone already, so the update may have counted before: the clocks of the deployment differ.
    ///
    /// - Parameters:
    ///   - at: the time of Redis' clock, in ms since 1970.
    ///   - forgottenSecond: the last second since 1970 whose receipts were deleted.
    case stale(at: Int64, forgottenSecond: Int64)
}
