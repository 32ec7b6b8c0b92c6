/// What a deployment is for (`SCORECAST_ENVIRONMENT`).
public enum DeploymentEnvironment: String, CaseIterable, Sendable {
    /// Trying things: what would be unsafe elsewhere may be allowed.
    case development
    /// Everything else.
    case production
}
