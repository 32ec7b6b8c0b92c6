/// The facts of a message about the top, for measurements.
public struct ScoreboardArrival: Sendable, Equatable {
    /// The type of message.
    public enum Kind: String, Sendable {
        /// `snapshot`.
        case snapshot
        /// `leaderboard-update`.
        case update
        /// `leaderboard-delta`.
        case delta
    }

    /// The effect of a message.
    public enum Outcome: String, Sendable {
        /// A newer state.
        case changed
        /// Nothing new for the reader.
        case notNewer = "not_newer"
        /// A delta that does not apply to the present state; the follower connects again for a snapshot.
        case misfit
    }

    /// The type of message.
    public var kind: Kind
    /// The effect of the message.
    public var outcome: Outcome
    /// The epoch in the message.
    public var epoch: String
    /// The version that a delta starts from; nil for other messages.
    public var from: Int64?
    /// The version in the message.
    public var version: Int64
    /// When the change was made, in milliseconds since 1970 by the server's clock.
    public var at: Int64
    /// When the message was complete, in microseconds since 1970 by this machine's clock.
    public var receivedAtMicroseconds: Int64
    /// The length of the message, in bytes.
    public var bytes: Int

    /// A message that brought a newer state.
    package init(
        kind: Kind, epoch: String, from: Int64? = nil, version: Int64, at: Int64, receivedAtMicroseconds: Int64,
        bytes: Int
    ) {
        self.kind = kind
        outcome = .changed
        self.epoch = epoch
        self.from = from
        self.version = version
        self.at = at
        self.receivedAtMicroseconds = receivedAtMicroseconds
        self.bytes = bytes
    }

    /// From the change to its arrival, in milliseconds. It compares two clocks, so it can be negative.
    public var latencyMilliseconds: Double { Double(receivedAtMicroseconds) / 1000 - Double(at) }
}
