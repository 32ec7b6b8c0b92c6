import Leaderboard

/// A profile: how a user wants to be shown, and what clients keep for the user. Users of other identity providers have
/// one too.
public struct Profile: Sendable, Equatable {
    /// The user.
    @ByteExact public private(set) var userID: String
    /// The name to show; see ``ProfileName``.
    public var name: String?
    /// The picture to show; see ``AvatarURL``.
    public var avatarURL: String?
    /// Two capital letters, as in ISO 3166-1 alpha-2.
    public var country: String?
    /// What the user does in the game.
    public var job: String?
    /// An IANA time zone.
    public var timeZone: String?
    /// A JSON object for clients.
    public var preferences: String
    /// When the profile was first written, in ms since 1970.
    public var createdAt: Int64

    /// A profile.
    public init(
        userID: String, name: String? = nil, avatarURL: String? = nil, country: String? = nil, job: String? = nil,
        timeZone: String? = nil, preferences: String = "{}", createdAt: Int64 = 0
    ) {
        self.userID = userID
        self.name = name
        self.avatarURL = avatarURL
        self.country = country
        self.job = job
        self.timeZone = timeZone
        self.preferences = preferences
        self.createdAt = createdAt
    }
}
