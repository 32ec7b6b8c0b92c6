/// The reason for the end of a session.
public enum SessionEnd: String, Sendable {
    /// The app logged out.
    case logout
    /// The server refused another token: the session was ended or has expired, or its user was banned.
    case refused
}
