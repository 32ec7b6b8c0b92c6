/// Everything that can go wrong between this process and Postgres, in one shape.
///
/// `kind` is for the program to decide by, `code` for a finer decision (an SQLSTATE if the server answered, otherwise
/// one of ``Code``), `message`, `detail` and `hint` are for operators. `detail` may quote stored values, so none of the
/// texts belongs in a reply to a client. No text ever holds the password or a bound parameter.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// The sort of failure, by which a caller usually decides.
    public enum Kind: String, Sendable, CaseIterable {
        /// There is no connection: refused, lost, or closed by the server.
        case connection
        /// A wait reached its limit: for a connection, for the server's answer, or the server's own
        /// `statement_timeout`.
        case timeout
        /// Too many bodies wait for a connection already; nothing was started.
        case overloaded
        /// The server refused the statement, and said so with an SQLSTATE.
        case server
        /// COMMIT was sent and its answer was not received: the transaction may or may not have taken effect.
        case unknownOutcome = "unknown_outcome"
        /// A result did not have the shape that the caller asked for.
        case decoding
        /// The caller broke a rule of this library; the same call will fail again.
        case misuse
    }

    /// Where the caller was when it failed.
    public struct Place: Sendable, Hashable {
        /// `Module/File.swift`.
        public let file: String
        /// Line in that file, from 1.
        public let line: UInt

        /// - Parameters:
        ///   - file: `#fileID` of the caller.
        ///   - line: `#line` of the caller.
        public init(file: String, line: UInt) {
            self.file = file
            self.line = line
        }
    }

    /// The codes that are this library's own. Those of the server are SQLSTATEs (five characters, PostgreSQL appendix
    /// A).
    public enum Code {
        /// No connection could be opened.
        public static let connectFailed = "connect_failed"
        /// The connection broke while it was in use.
        public static let connectionLost = "connection_lost"
        /// The server did not answer a statement within the client's own bound.
        public static let responseTimeout = "response_timeout"
        /// No connection became free within `acquireTimeout`.
        public static let acquireTimeout = "acquire_timeout"
        /// `maxWaiting` bodies wait already.
        public static let poolOverloaded = "pool_overloaded"
        /// The pool has been shut down.
        public static let poolClosed = "pool_closed"
        /// The server takes no writes.
        public static let readOnlyServer = "read_only_server"
        /// A session that cannot be set up as this library needs it.
        public static let badSession = "bad_session"
        /// A session that other clients use too, because of a pooler.
        public static let sharedSession = "shared_session"
        /// A database that cannot hold all text, or has no schema for tables.
        public static let badDatabase = "bad_database"
        /// The configuration cannot be used.
        public static let badConfiguration = "bad_configuration"
        /// A parameter, a statement or a call that this library does not accept.
        public static let badCall = "bad_call"
        /// A value that Postgres cannot hold: a NUL character, a time out of range.
        public static let badValue = "bad_value"
        /// A column is missing, null, or of another type than the one asked for.
        public static let badColumn = "bad_column"
        /// COMMIT was answered with ROLLBACK, since a statement before it had failed.
        public static let rolledBack = "rolled_back"
        /// COMMIT got no answer.
        public static let commitUnknown = "commit_unknown"
        /// Another process held the migration lock for too long.
        public static let migrationLock = "migration_lock"
        /// The list of migrations is not numbered 1, 2, 3 and so on.
        public static let migrationNumbers = "migration_numbers"
        /// A migration that was applied has been edited since.
        public static let migrationChanged = "migration_changed"
        /// The database has a migration that this binary does not know.
        public static let migrationAhead = "migration_ahead"
    }

    /// The sort of failure.
    public let kind: Kind
    /// An SQLSTATE such as `23505`, or one of ``Code``.
    public let code: String
    /// One sentence for an operator.
    public let message: String
    /// The server's DETAIL, or the cause below this error. May quote stored values.
    public let detail: String?
    /// The server's HINT, or what to do about it.
    public let hint: String?
    /// The constraint that was violated, for SQLSTATE class 23.
    public let constraint: String?
    /// Whether what was asked for may have taken effect all the same: always for ``Kind/unknownOutcome``, and for a
    /// statement outside a transaction whose answer was not received.
    public let effectUnknown: Bool
    /// Where the caller was.
    public let place: Place

    package init(
        _ kind: Kind,
        code: String,
        _ message: String,
        detail: String? = nil,
        hint: String? = nil,
        constraint: String? = nil,
        effectUnknown: Bool = false,
        at place: Place
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.detail = detail
        self.hint = hint
        self.constraint = constraint
        self.effectUnknown = effectUnknown || kind == .unknownOutcome
        self.place = place
    }

    /// Whether the same request may succeed later, with nothing changed by anybody. It says nothing about whether a
    /// retry is *safe*: see ``effectUnknown``.
    public var isTransient: Bool {
        switch kind {
        case .connection, .timeout, .overloaded: true
        case .server: SQLState.isTransient(code)
        case .unknownOutcome, .decoding, .misuse: false
        }
    }

    /// One line with everything an operator needs.
    public var description: String {
        var text = "\(kind.rawValue) [\(code)] \(message)"
        if let detail { text += "; detail: \(detail)" }
        if let hint { text += "; hint: \(hint)" }
        if effectUnknown { text += "; it may have taken effect" }
        return text + " (\(place.file):\(place.line))"
    }
}

extension PostgresError {
    /// The same failure, of a statement that may have taken effect although its answer was not received.
    func withUnknownEffect() -> PostgresError {
        PostgresError(
            kind, code: code, message, detail: detail, hint: hint, constraint: constraint, effectUnknown: true,
            at: place)
    }

    static func misuse(_ message: String, code: String = Code.badCall, at place: Place) -> PostgresError {
        PostgresError(.misuse, code: code, message, at: place)
    }
}
