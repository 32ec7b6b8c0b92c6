/// What notifications tell of. A user may turn each kind off.
public enum NotificationKind: String, Sendable, CaseIterable {
    /// A badge was earned.
    case badge
    /// A level was reached.
    case level
    /// The streak ends today unless points are earned.
    case streakAtRisk = "streak_at_risk"
    /// Somebody has passed the user on the board of play.
    case passed
    /// An event begins soon.
    case eventStarting = "event_starting"
    /// An event is over.
    case eventFinished = "event_finished"
    /// A reward was paid.
    case reward
    /// A challenge is ready.
    case challenge
    /// An integration cannot reach its provider.
    case integrationTrouble = "integration_trouble"
}
