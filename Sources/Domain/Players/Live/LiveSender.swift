import Leaderboard

/// Sends messages to the sockets of users and rooms, on whichever gateway they are. A message that finds nobody is
/// gone.
public protocol LiveSender: Sendable {
    /// Sends a message to all sockets of a user.
    ///
    /// - Parameters:
    ///   - message: one JSON object with a `type`, as the client gets it; at most 8 KiB.
    ///   - isNotification: whether only sockets get it that asked for notifications.
    func send(_ message: String, to userID: String, isNotification: Bool) async throws(StoreError)
    /// Tells a challenge room of a member's progress. Gateways send the latest of each member.
    func send(_ progress: RoomProgress, to challenge: String) async throws(StoreError)
}

/// How far a member of a challenge room has come.
public struct RoomProgress: Sendable, Equatable {
    /// The member.
    @ByteExact public private(set) var userID: String
    /// 0 to 100.
    public let progress: Int
    /// A JSON value of the client, at most 1 KiB; nil if there is none.
    public let state: String?
    /// When it was sent, in µs since 1970.
    public let stamp: Int64

    /// Gathers the parts.
    public init(userID: String, progress: Int, state: String?, stamp: Int64) {
        self.userID = userID
        self.progress = progress
        self.state = state
        self.stamp = stamp
    }
}
