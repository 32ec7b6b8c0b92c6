/// The error of a store operation.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kinds of errors. The kind decides what the caller does.
    public enum Kind: Sendable {
        /// The store is unreachable or overloaded. Try again later. The operation may or may not have happened.
        case unavailable
        /// The partition is closed at the moment.
        case closed
        /// Another persister moved the position or took the lease. Read both again.
        case conflict
        /// The store holds or returned something invalid. An operator has to look at it.
        case corrupt
    }

    /// The kind of error.
    public var kind: Kind
    /// The reason, for operators. Never shown to clients.
    public var description: String

    /// Creates an error with a description for operators.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
