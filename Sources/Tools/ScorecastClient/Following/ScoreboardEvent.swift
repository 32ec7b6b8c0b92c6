/// An event of a follower, delivered on its event loop, in order.
public enum ScoreboardEvent: Sendable {
    /// A connection is open.
    ///
    /// - Parameter resuming: whether it asked to continue from the last state.
    case opened(resuming: Bool)
    /// A message about the top came; before ``changed(_:)``, and also if it has nothing new.
    case arrived(ScoreboardArrival)
    /// There is a newer state.
    case changed(ScoreboardState)
    /// The server has received no changes since this time, in milliseconds since 1970 by its clock: the state may be
    /// out of date, although the connection is up. This ends with ``current``, or with the connection.
    case stale(since: Int64)
    /// The server receives changes again, and the state is current.
    case current
    /// Something about challenges, notifications or the user's own place; see ``ScoreboardConfiguration/challenges``.
    case play(PlayEvent)
    /// The server sent an error message. The connection continues, unless the server also closes it.
    case complaint(code: String, message: String)
    /// An attempt failed or a connection ended; there will be another attempt after `wait`.
    case lost(ScoreboardLoss, wait: Duration)
    /// The end, always the last event: nil after ``ScoreboardFollower/stop()``.
    case ended(ScoreboardError?)
}
