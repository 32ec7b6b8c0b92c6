import PostgresClient
import RedisClient
import Storage

/// Why a node cannot start: what its settings name is missing, or is not what it must be.
public enum NodeError: Error, CustomStringConvertible {
    /// A setting that has to be there.
    case missing(String)
    /// What cannot be used, and what to do about it.
    case unusable(String)

    /// One sentence for operators.
    public var description: String {
        switch self {
        case .missing(let key): "\(key) is not set."
        case .unusable(let what): what
        }
    }
}
