/// A profile: how a user wants to be shown. Users of other identity providers have one too.
public struct Profile: Sendable, Equatable {
    /// The user.
    public let userID: String
    /// The name to show: 1 to 32 graphemes, NFC.
    public var name: String?

    /// A profile.
    public init(userID: String, name: String? = nil) {
        self.userID = userID
        self.name = name
    }
}
