import StrictJSON

/// The user of a session.
public struct SessionUser: Sendable {
    /// The id, which is also the user's id on boards.
    public let id: String
    /// The name with which the user logs in.
    public let username: String?
    /// The name that others see.
    public let name: String?

    init?(_ json: JSONValue?) {
        guard let id = json?["id"]?.string else { return nil }
        self.id = id
        username = json?["username"]?.string
        name = json?["name"]?.string
    }
}
