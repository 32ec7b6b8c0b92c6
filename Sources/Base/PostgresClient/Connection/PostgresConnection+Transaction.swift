import CLibPQ

/// How much of other transactions a transaction may see (PostgreSQL 13.2).
public enum PostgresIsolation: String, Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first one.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other; they may fail with SQLSTATE 40001 and may then be tried again.
    case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
    /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws, with `body`'s own error passed
    /// on.
    ///
    /// An error of COMMIT itself tells three cases apart. Refused by the server (a deferred constraint, a serialization
    /// conflict): `.server`, rolled back. Answered with ROLLBACK, since `body` swallowed the failure of a statement:
    /// `.server` with ``PostgresError/Code/rolledBack``. Not answered: `.unknownOutcome`.
    /// - Throws: what `body` throws, ``PostgresError``, and `.misuse` if a transaction is open already.
    @discardableResult
    public func transaction<Value>(
        isolation: PostgresIsolation = .readCommitted, file: String = #fileID, line: UInt = #line,
        _ body: (PostgresConnection) throws -> Value
    ) throws -> Value {
        let place = PostgresError.Place(file: file, line: line)
        guard !isInTransaction else {
            throw PostgresError.misuse("A transaction is open already; they do not nest.", at: place)
        }
        try query("BEGIN ISOLATION LEVEL \(isolation.rawValue)", file: file, line: line)
        let value: Value
        do {
            value = try body(self)
        } catch {
            rollBack()
            throw error
        }
        try commit(at: place)
        return value
    }

    /// Runs a body of the pool, and makes sure that no transaction outlives it.
    func runWhole<Value>(
        _ body: (PostgresConnection) throws -> Value, at place: PostgresError.Place
    ) throws -> Value {
        let value: Value
        // If the session has become useless, it is closed with the body that noticed.
        defer { if isSpent { close() } }
        do {
            value = try body(self)
        } catch {
            rollBack()
            throw error
        }
        guard !isInTransaction else {
            rollBack()
            throw PostgresError.misuse("The body left a transaction open; it was rolled back.", at: place)
        }
        return value
    }

    /// Ends whatever transaction is open; a connection on which that fails is closed, which ends it too.
    func rollBack() {
        guard isInTransaction else { return }
        do { try query("ROLLBACK") } catch { close() }
    }

    private func commit(at place: PostgresError.Place) throws(PostgresError) {
        // Otherwise a body that ended the transaction itself would get a false success.
        guard isInTransaction || !link.isOpen else {
            throw .misuse("The body ended its own transaction.", at: place)
        }
        guard link.isOpen else {
            throw PostgresError(
                .connection, code: PostgresError.Code.connectionLost, "The connection was lost before COMMIT.",
                detail: "Nothing took effect.", at: place)
        }
        let result: PostgresResult
        do throws(PostgresError) {
            result = try query("COMMIT", file: place.file, line: place.line)
        } catch {
            rollBack()
            guard !link.isOpen else { throw error }
            throw PostgresError(
                .unknownOutcome, code: PostgresError.Code.commitUnknown,
                "The answer to COMMIT was not received: the transaction may have taken effect.",
                detail: String(describing: error), at: place)
        }
        guard result.commandTag != "ROLLBACK" else {
            throw PostgresError(
                .server, code: PostgresError.Code.rolledBack,
                "The transaction was rolled back: one of its statements failed, and its error was swallowed.", at: place
            )
        }
    }
}

extension PostgresResult {
    /// The command tag, such as `COMMIT`.
    var commandTag: String { handle.commandTag }
}
