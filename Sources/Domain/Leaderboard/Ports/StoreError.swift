/// Why a store could not do its part.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is; decides what the caller does.
    public enum Kind: Sendable {
        /// The store is out of reach or overloaded; try again later. What was asked may or may not have happened.
        case unavailable
        /// The partition is closed for now.
        case closed
        /// Somebody else moved the position or took the lease: read both again.
        case conflict
        /// The store holds or answers something that it must not: an operator has to look.
        case corrupt
    }

    /// The kind of trouble.
    public var kind: Kind
    /// For operators; never shown to clients.
    public var description: String

    /// An error for operators' eyes.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
