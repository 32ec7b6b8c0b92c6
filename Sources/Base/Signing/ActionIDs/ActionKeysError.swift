import StrictJSON

/// Why action keys cannot be used. Entries are named by their number, beginning with 1: even an id is not repeated, as
/// a key may have been put in its place by mistake.
public enum ActionKeysError: Error, Equatable, Sendable {
    /// There is no key at all.
    case noKey
    /// There are more keys than ``ActionKeys/countMax``.
    case tooManyKeys
    /// An entry has no colon.
    case invalidEntry(number: Int)
    /// A key is not base64.
    case invalidBase64(number: Int)
    /// An id is not 1 to 32 of `A-Z a-z 0-9 _ -`.
    case invalidID(number: Int)
    /// An id was used before.
    case duplicateID(number: Int)
    /// A key is shorter than ``ActionKeys/keyBytesMin``.
    case keyTooShort(number: Int)
    /// A key is longer than ``ActionKeys/keyBytesMax``.
    case keyTooLong(number: Int)
}

extension ActionKeysError: CustomStringConvertible {
    /// Says what is wrong and what to do, without any part of a key.
    public var description: String {
        switch self {
        case .noKey: "There is no action key; give at least one as <id>:<base64 key>."
        case .tooManyKeys: "There are more than \(ActionKeys.countMax) action keys; remove those that have expired."
        case .invalidEntry(let number): "Action key \(number) is not of the form <id>:<base64 key>."
        case .invalidBase64(let number): "Action key \(number) is not base64."
        case .invalidID(let number): "The id of action key \(number) is not 1 to 32 letters, digits, '_' or '-'."
        case .duplicateID(let number): "The id of action key \(number) is that of a key before it."
        case .keyTooShort(let number): "Action key \(number) is shorter than \(ActionKeys.keyBytesMin) bytes."
        case .keyTooLong(let number): "Action key \(number) is longer than \(ActionKeys.keyBytesMax) bytes."
        }
    }
}
