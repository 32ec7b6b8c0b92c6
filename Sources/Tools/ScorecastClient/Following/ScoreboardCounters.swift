/// Counts of one follower since it was made. Numbers only grow, except for the last epoch, version and time.
public struct ScoreboardCounters: Sendable, Equatable {
    /// Attempts to connect.
    public var connects = 0
    /// Connections that got through the handshake.
    public var opens = 0
    /// Of these, those that asked to resume.
    public var resumes = 0
    /// Attempts and connections that ended for another reason than ``ScoreboardFollower/stop()``.
    public var losses = 0
    /// Handshakes that were answered with another status than 101.
    public var refusals = 0
    /// Connections that ended because nothing came for too long.
    public var silences = 0
    /// Text messages, of all types.
    public var messages = 0
    /// Their bytes, without frame headers.
    public var bytes = 0
    /// Pings from the server.
    public var pings = 0
    /// Messages of the type `snapshot`.
    public var snapshots = 0
    /// Messages of the type `leaderboard-update`.
    public var updates = 0
    /// Messages of the type `leaderboard-delta`.
    public var deltas = 0
    /// Deltas that did not apply to the present state.
    public var misfits = 0
    /// States that were not newer than the shown one, and so were not shown.
    public var notNewer = 0
    /// How often the server said that it receives no changes itself (`stale`).
    public var stales = 0
    /// Messages of the type `error`.
    public var errors = 0
    /// The last shown epoch.
    public var lastEpoch: String?
    /// The last shown version.
    public var lastVersion: Int64?
    /// The commit time of the last shown state, in milliseconds since 1970.
    public var lastAt: Int64?

    /// All zero.
    public init() {}
}
