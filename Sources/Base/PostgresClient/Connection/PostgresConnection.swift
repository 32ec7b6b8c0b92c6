import CLibPQ
import Synchronization

/// One connection, given to a body that runs on the thread that owns it. It must not leave that body.
///
/// Every call waits for the server for `statementTimeout` and `responseGrace` at most. When the connection breaks, the
/// call throws, and so does every later call of the same body; the pool then opens a new connection. Nothing is
/// retried.
///
/// A result is held in memory as a whole: read large tables in pages, with LIMIT and a key.
public final class PostgresConnection {
    /// Unique among all connections that this process has opened. When this number has changed, all state of the
    /// session (an advisory lock, a temporary table) is lost.
    public let id: UInt64

    let link: PQLink
    private let metrics: PostgresMetrics
    private let responseGrace: Duration
    /// The server's `statement_timeout` as this side last set it.
    private(set) var statementTimeout: Duration
    /// Whether the server said that the session cannot be used any more. Then it must not run another body.
    private(set) var isSpent = false

    private static let nextID = Atomic<UInt64>(1)

    init(
        _ parameters: ConnectionParameters, _ configuration: PostgresConfiguration, attempt: Int,
        notices: NoticeSink, metrics: PostgresMetrics
    ) throws(PostgresError) {
        let place = PostgresError.Place(file: #fileID, line: #line)
        let deadline = Instant.now + configuration.connectTimeout
        // The number comes first: if another connection learns that the server is of no use while this one is opened,
        // that holds for this one too.
        id = Self.nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        link = try PQLink.open(parameters, attempt: attempt, until: deadline, notices: notices, at: place)
        statementTimeout = configuration.statementTimeout
        responseGrace = configuration.responseGrace
        self.metrics = metrics
        try setUp(SessionSetup(configuration), until: deadline, at: place)
    }

    /// The number of the latest connection that this process has begun to open.
    static var latestID: UInt64 { nextID.load(ordering: .relaxed) - 1 }

    /// The server's process for this connection, as `pg_stat_activity` lists it; 0 once it is closed.
    public var backendPID: Int32 { link.backendPID }

    /// Whether a transaction is open, failed or not.
    public var isInTransaction: Bool {
        link.transactionStatus == PQTRANS_INTRANS || link.transactionStatus == PQTRANS_INERROR
    }

    /// Closes the connection, and with it the session's locks and settings. The next body gets a new connection.
    public func close() {
        link.close()
    }

    // MARK: Statements

    /// Runs one statement and returns its rows.
    /// - Parameters:
    ///   - sql: one statement with `$1`, `$2`, … where values go.
    ///   - parameters: the values, at most 65535 of them.
    /// - Throws: ``PostgresError``, of any kind but `.overloaded`, `.unknownOutcome` and `.decoding`.
    @discardableResult
    public func query(
        _ sql: String, _ parameters: [PostgresValue] = [], file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> PostgresResult {
        let place = PostgresError.Place(file: file, line: line)
        let values = try Self.encode(parameters, at: place)
        try Self.refuseNUL(sql, at: place)
        return try exchange(at: place) { link, deadline throws(PostgresError) in
            try link.send(sql, values, until: deadline, at: place)
        }
    }

    /// Runs one statement and returns how many rows it changed.
    /// - Throws: as ``query(_:_:file:line:)``.
    @discardableResult
    public func execute(
        _ sql: String, _ parameters: [PostgresValue] = [], file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) -> Int {
        try query(sql, parameters, file: file, line: line).affectedRows
    }

    /// Runs statements separated by semicolons, for migrations: it takes no parameters, and nothing from outside may be
    /// in it. Outside a transaction the server runs them as one transaction, unless they say otherwise.
    /// - Throws: as ``query(_:_:file:line:)``, the first failure.
    public func script(_ sql: String, file: String = #fileID, line: UInt = #line) throws(PostgresError) {
        let place = PostgresError.Place(file: file, line: line)
        try Self.refuseNUL(sql, at: place)
        _ = try exchange(at: place) { link, deadline throws(PostgresError) in
            try link.sendScript(sql, until: deadline, at: place)
        }
    }

    /// Runs `body` with another bound on each statement, and restores the previous one. For the few statements that are
    /// known to take long; not within a transaction, whose end would undo or keep the setting.
    @discardableResult
    public func withStatementTimeout<Value>(
        _ timeout: Duration, file: String = #fileID, line: UInt = #line, _ body: () throws -> Value
    ) throws -> Value {
        let place = PostgresError.Place(file: file, line: line)
        guard !isInTransaction else { throw PostgresError.misuse("A transaction is open.", at: place) }
        let former = statementTimeout
        try setStatementTimeout(timeout, at: place)
        defer {
            // A session whose setting cannot be restored must not serve another body; nor can it be within a
            // transaction that the body left open, whose end would undo it.
            do throws(PostgresError) {
                if isInTransaction { close() } else { try setStatementTimeout(former, at: place) }
            } catch {
                close()
            }
        }
        return try body()
    }

    private func setStatementTimeout(_ timeout: Duration, at place: PostgresError.Place) throws(PostgresError) {
        try query(
            "SELECT set_config('statement_timeout', $1, false)", [.text("\(timeout.millisecondsRoundedUp)ms")],
            file: place.file, line: place.line)
        statementTimeout = timeout
    }

    // MARK: The exchange with the server

    /// When the answer to a statement that starts now is overdue.
    func deadline() -> Instant { .now + statementTimeout + responseGrace }

    /// Sends with `send`, then collects all results: the last one, or the first failure.
    func exchange(
        at place: PostgresError.Place, _ send: (PQLink, Instant) throws(PostgresError) -> Void
    ) throws(PostgresError) -> PostgresResult {
        let wasInTransaction = isInTransaction
        let wasOpen = link.isOpen
        do throws(PostgresError) {
            let deadline = deadline()
            try send(link, deadline)
            return try collect(until: deadline, at: place)
        } catch {
            metrics.failed(error.kind)
            if SQLState.endsSession(error.code) { isSpent = true }
            // In a transaction a lost answer is known to have no effect, since there was no COMMIT yet.
            guard wasOpen, !link.isOpen, !wasInTransaction, error.kind != .misuse else { throw error }
            throw error.withUnknownEffect()
        }
    }

    func collect(until deadline: Instant, at place: PostgresError.Place) throws(PostgresError) -> PostgresResult {
        var last: ResultHandle?
        var failure: PostgresError?
        do throws(PostgresError) {
            while let result = try link.nextResult(until: deadline, at: place) {
                switch result.status {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = result
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    // The session now waits for data that nobody will send or read.
                    close()
                    throw .misuse("COPY does not go through this call; COPY FROM STDIN goes through copyIn.", at: place)
                default: failure = failure ?? link.failure(result, at: place)
                }
            }
        } catch {
            throw Self.merge(failure, lostBy: error)
        }
        if let failure { throw failure }
        guard let last else {
            close()
            throw PostgresError(
                .connection, code: PostgresError.Code.connectionLost, "Postgres answered with nothing.", at: place)
        }
        return PostgresResult(last)
    }

    /// A server that ends a session says why (57P01 and others) before the connection breaks. The reason tells more
    /// than the break, and the failure is still one of the connection.
    private static func merge(_ failure: PostgresError?, lostBy error: PostgresError) -> PostgresError {
        guard let failure, error.kind == .connection else { return error }
        return PostgresError(
            .connection, code: failure.code, error.message, detail: failure.detail ?? failure.message,
            hint: failure.hint,
            at: error.place)
    }

    static func refuseNUL(_ sql: String, at place: PostgresError.Place) throws(PostgresError) {
        // C ends a string there, and the server would run the first part alone.
        guard !sql.utf8.contains(0) else { throw .misuse("A statement holds a NUL character.", at: place) }
    }

    private static func encode(
        _ parameters: [PostgresValue], at place: PostgresError.Place
    ) throws(PostgresError) -> [String?] {
        guard parameters.count <= 65_535 else {
            throw .misuse("A statement has more than 65535 parameters.", at: place)
        }
        var values: [String?] = []
        values.reserveCapacity(parameters.count)
        for parameter in parameters { values.append(try parameter.encoded(at: place)) }
        return values
    }
}
