import Leaderboard

/// A notification of a user.
public struct UserNotification: Sendable, Equatable {
    /// Its id. Later ones have greater ids.
    public let id: Int64
    /// The user.
    @ByteExact public private(set) var userID: String
    /// What it tells of. A name of ``NotificationKind``, or one of a later version.
    public let kind: String
    /// A sentence for people.
    public let title: String
    /// Facts for programs: a JSON object.
    public let data: String
    /// When it was made, in ms since 1970.
    public let createdAt: Int64
    /// Whether the user has read it.
    public let isRead: Bool

    /// Gathers the parts.
    public init(
        id: Int64, userID: String, kind: String, title: String, data: String, createdAt: Int64, isRead: Bool
    ) {
        self.id = id
        self.userID = userID
        self.kind = kind
        self.title = title
        self.data = data
        self.createdAt = createdAt
        self.isRead = isRead
    }
}
