import CLibPQ

/// A column of a result, by name (`"score"`) or by position from 0 (`0`).
public enum PostgresColumn: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    CustomStringConvertible
{
    /// By the name that the statement gives it; the first one if several share it.
    case name(String)
    /// By position, from 0.
    case index(Int)

    /// `.name`.
    public init(stringLiteral value: String) { self = .name(value) }
    /// `.index`.
    public init(integerLiteral value: Int) { self = .index(value) }

    /// For error messages.
    public var description: String {
        switch self {
        case .name(let name): "\"\(name)\""
        case .index(let index): "at index \(index)"
        }
    }
}
