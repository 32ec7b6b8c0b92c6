/// The name by which somebody logs in.
package enum LoginName: Sendable {
    /// A username, or any text that stands where one should be.
    case username(String)
    /// An address, or any text that stands where one should be.
    case email(String)

    /// The form in which names are compared: ASCII has one for each name, and other names do not exist.
    package var key: String {
        switch self {
        case .username(let text), .email(let text): text.lowercased()
        }
    }

    /// The mark of limits that count for the name.
    var limitKey: LimitKey {
        switch self {
        case .username: LimitKey(.username, key)
        case .email: LimitKey(.email, key)
        }
    }
}
