/// How a score update ended. Only `applied` changed anything.
public enum ApplyOutcome: Hashable, Sendable {
    /// It counted, now.
    case applied(Receipt)
    /// It had counted before; this is the first outcome.
    case replayed(Receipt)
    /// The action id was used before, with another `new_score`.
    case actionIDReused
    /// The user is over the rate; the same update can pass after `retryAfterMilliseconds`.
    case rateLimited(retryAfterMilliseconds: Int64)
    /// The action is over a limit of its own: its cooldown, or its count for the day, after which
    /// `retryAfterMilliseconds` is 0.
    case actionLimited(UpdateLimit.Name, retryAfterMilliseconds: Int64)
    /// The user gains points faster than is believed.
    case velocityExceeded
    /// The score would leave `ScoreBounds`.
    case outOfBounds
    /// The partition is closed: it is new, or being rebuilt.
    case closed
    /// Its receipt may be gone already, so it may have counted: the clocks of the deployment are apart.
    ///
    /// - Parameters:
    ///   - at: the time of Redis' clock, in ms since 1970.
    ///   - forgottenSecond: the last second, since 1970, whose action ids have no receipts any more.
    case stale(at: Int64, forgottenSecond: Int64)
}
