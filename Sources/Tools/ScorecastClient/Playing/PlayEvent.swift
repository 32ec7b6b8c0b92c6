/// An event of challenges, of notifications, or about the user's own place: ``ScoreboardEvent/play(_:)``.
public enum PlayEvent: Sendable, Equatable {
    /// The room of a challenge: after a join, and after each change.
    case room(ChallengeRoom)
    /// A hint that was asked for.
    case hint(ChallengeHint)
    /// The server refuses something in a challenge.
    case refused(ChallengeRefusal)
    /// A challenge of this user has been generated; `GET /challenges/{id}` has it.
    case generated(challenge: String)
    /// A notification: a live one, or an unread one that was missed; the oldest of those come first.
    case notification(ScorecastNotification)
    /// The server does not give the missed notifications, with this HTTP status. Live ones come all the same.
    case missedNotificationsRefused(status: Int)
    /// The user's place: when its score changes, and at most every 5 s when others move it.
    case place(ScoreboardPlace)
    /// Another user has passed this one: who it was, and this user's rank after it.
    case passed(by: String, rank: Int64)
}
