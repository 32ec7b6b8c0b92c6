import PostgresClient
import RedisClient
import Storage

/// The error of a node that cannot start, because a setting is missing or names something unusable.
public enum NodeError: Error, CustomStringConvertible {
    /// A required setting is missing.
    case missing(String)
    /// Something is unusable. The text says what, and how to fix it.
    case unusable(String)

    /// The error as one sentence for operators.
    public var description: String {
        switch self {
        case .missing(let key): "\(key) is not set."
        case .unusable(let what): what
        }
    }
}
