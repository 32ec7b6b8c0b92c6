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

    /// A cause that an operator can correct. The text is for `/readyz`: it names no address and no secret.
    public enum Trouble: String, Sendable {
        /// There is no connection to Postgres.
        case postgresAway = "Postgres cannot be reached: 'scorecast doctor' says why"
        /// Postgres has no such tables.
        case tablesMissing = "tables are missing in Postgres: run 'scorecast migrate'"
        /// Something between this process and Postgres shares sessions between clients.
        case sessionsShared = "a pooler shares sessions of Postgres: it must be in session mode, see 'scorecast doctor'"
        /// There is no connection to Redis.
        case redisAway = "Redis cannot be reached: 'scorecast doctor' says why"
    }

    /// The kind of error.
    public var kind: Kind
    /// The cause, if it is one of those that `/readyz` names.
    public var trouble: Trouble?
    /// The reason, for operators. Never shown to clients.
    public var description: String

    /// Creates an error with a description for operators.
    public init(_ kind: Kind, _ description: String, trouble: Trouble? = nil) {
        self.kind = kind
        self.trouble = trouble
        self.description = description
    }
}
