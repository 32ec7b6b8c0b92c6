/// What happens to a follower, told on its event loop, in order.
public enum ScoreboardEvent: Sendable {
    /// A connection is open.
    ///
    /// - Parameter resuming: whether it asked to go on from the state that was there.
    case opened(resuming: Bool)
    /// A message about the standings came; before ``changed(_:)``, and also where nothing new is in it.
    case arrived(ScoreboardArrival)
    /// There is a newer state.
    case changed(ScoreboardState)
    /// The server has received no changes since this time, in milliseconds since 1970 by its clock: what is shown may
    /// be out of date, though the connection is well. It ends with ``current``, or with the connection.
    case stale(since: Int64)
    /// The server receives changes again, and what is shown is current.
    case current
    /// The server sent an error message. The connection goes on, unless the server also closes it.
    case complaint(code: String, message: String)
    /// An attempt failed or a connection ended; there will be another attempt after `wait`.
    case lost(ScoreboardLoss, wait: Duration)
    /// The end, always the last event: nil after ``ScoreboardFollower/stop()``.
    case ended(ScoreboardError?)
}
