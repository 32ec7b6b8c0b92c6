import CLibPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

typealias Instant = ContinuousClock.Instant

/// One libpq connection in non-blocking mode: each call that waits takes a deadline and returns by it, whatever the
/// server does. Used by one thread only. Any failure of the connection itself closes it; a closed link fails at once.
///
/// libpq's blocking calls (`PQexec`, `PQcancel`, `PQputCopyData` in blocking mode) have no timeouts and are not used.
/// This type cannot bound one wait: the C library looks up host names, within the resolver's own limits.
final class PQLink {
    private var pointer: OpaquePointer?
    private let notices: NoticeSink

    private init(_ pointer: OpaquePointer, _ notices: NoticeSink) {
        self.pointer = pointer
        self.notices = notices
    }

    deinit {
        close()
    }

    /// Closes the connection. In non-blocking mode libpq sends its goodbye only as far as the socket accepts it at
    /// once.
    func close() {
        guard let pointer else { return }
        self.pointer = nil
        PQfinish(pointer)
    }

    var isOpen: Bool { pointer != nil }

    var transactionStatus: PGTransactionStatusType { pointer.map { PQtransactionStatus($0) } ?? PQTRANS_UNKNOWN }

    /// The server process that serves this connection, as `pg_backend_pid()` gives it; 0 when closed.
    var backendPID: Int32 { pointer.map { PQbackendPID($0) } ?? 0 }

    // MARK: Opening

    static func open(
        _ parameters: ConnectionParameters, attempt: Int, until deadline: Instant, notices: NoticeSink,
        at place: PostgresError.Place
    ) throws(PostgresError) -> PQLink {
        let pairs = parameters.pairs(attempt: attempt)
        let started = withCStrings(pairs.map(\.keyword)) { keywords in
            withCStrings(pairs.map(\.value)) { values in PQconnectStartParams(keywords, values, 0) }
        }
        guard let pointer = started else {
            throw PostgresError(
                .connection, code: PostgresError.Code.connectFailed, "libpq is out of memory.", at: place)
        }
        let link = PQLink(pointer, notices)
        notices.attach(to: pointer)
        // The status before the first poll is "waiting to write" by definition (PostgreSQL 34.1).
        var step = PQstatus(pointer) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING else {
                throw link.connectFailure(libpqMessage(of: pointer), parameters, place)
            }
            let events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard poll(PQsocket(pointer), Int16(events), until: deadline) != nil else {
                throw link.connectFailure("no answer within the time for connecting", parameters, place)
            }
            step = PQconnectPoll(pointer)
        }
        guard PQsetnonblocking(pointer, 1) == 0 else {
            throw link.connectFailure(libpqMessage(of: pointer), parameters, place)
        }
        return link
    }

    private func connectFailure(
        _ reason: String, _ parameters: ConnectionParameters, _ place: PostgresError.Place
    ) -> PostgresError {
        close()
        return PostgresError(
            .connection, code: PostgresError.Code.connectFailed, "Postgres cannot be reached (\(parameters)).",
            detail: reason, at: place)
    }

    // MARK: Sending

    /// Starts one statement with bound parameters, and sends all of it.
    func send(
        _ sql: String, _ values: [String?], until deadline: Instant, at place: PostgresError.Place
    ) throws(PostgresError) {
        let pointer = try opened(place)
        let sent = Self.withCStrings(values) { strings in
            PQsendQueryParams(pointer, sql, Int32(values.count), nil, strings, nil, nil, 0)
        }
        guard sent == 1 else { throw lost(place) }
        try flush(until: deadline, at: place)
    }

    /// Starts one or more statements without parameters, and sends all of them.
    func sendScript(
        _ sql: String, until deadline: Instant, at place: PostgresError.Place
    ) throws(PostgresError) {
        let pointer = try opened(place)
        guard PQsendQuery(pointer, sql) == 1 else { throw lost(place) }
        try flush(until: deadline, at: place)
    }

    /// Sends a piece of COPY data, and waits until the kernel has it all: libpq's buffer would grow without bound.
    func sendCopyData(
        _ bytes: [UInt8], until deadline: Instant, at place: PostgresError.Place
    ) throws(PostgresError) {
        let pointer = try opened(place)
        let status = bytes.withUnsafeBytes { raw in
            PQputCopyData(pointer, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count))
        }
        guard status == 1 else { throw lost(place) }
        try flush(until: deadline, at: place)
    }

    /// Ends COPY: with all rows (`nil`), or with an error that makes the server drop them.
    func endCopy(
        refusing reason: String?, until deadline: Instant, at place: PostgresError.Place
    ) throws(PostgresError) {
        let pointer = try opened(place)
        guard PQputCopyEnd(pointer, reason) == 1 else { throw lost(place) }
        try flush(until: deadline, at: place)
    }

    /// Waits until libpq's buffer is empty. Reads input meanwhile, since a server that cannot send its own messages
    /// stops reading ours.
    private func flush(until deadline: Instant, at place: PostgresError.Place) throws(PostgresError) {
        while true {
            let pointer = try opened(place)
            switch PQflush(pointer) {
            case 0: return
            case 1:
                let ready = try wait(POLLIN | POLLOUT, until: deadline, at: place)
                if ready & Int16(POLLIN) != 0 { guard PQconsumeInput(pointer) == 1 else { throw lost(place) } }
            default: throw lost(place)
            }
        }
    }

    // MARK: Receiving

    /// The next result of what was sent, or `nil` after the last one.
    func nextResult(until deadline: Instant, at place: PostgresError.Place) throws(PostgresError) -> ResultHandle? {
        let pointer = try opened(place)
        while PQisBusy(pointer) == 1 {
            _ = try wait(POLLIN, until: deadline, at: place)
            guard PQconsumeInput(pointer) == 1 else { throw lost(place) }
        }
        return PQgetResult(pointer).map { ResultHandle($0) }
    }

    /// Whether the connection is still there, as far as can be seen without asking the server: one system call while
    /// nothing has come in. Closes it if not.
    func probe() -> Bool {
        guard let pointer else { return false }
        // A server that goes away says why first, so a message or two may come before the end of the stream. Other
        // unsolicited input (notices, changed settings) is processed too; a flood of it is left for later.
        for _ in 0..<16 where PQstatus(pointer) == CONNECTION_OK {
            guard Self.poll(PQsocket(pointer), Int16(POLLIN), until: .now) != nil else { break }
            _ = PQconsumeInput(pointer)
            _ = PQisBusy(pointer)
        }
        if PQstatus(pointer) != CONNECTION_OK { close() }
        return isOpen
    }

    /// The error that a failed result means. Closes the link if the connection is lost.
    func failure(_ result: ResultHandle, at place: PostgresError.Place) -> PostgresError {
        let message = result.field(.message)
        guard let pointer, PQstatus(pointer) != CONNECTION_BAD, let code = result.field(.sqlState), let message else {
            return lost(place, code: result.field(.sqlState), message: message)
        }
        return PostgresError(
            code == SQLState.queryCanceled ? .timeout : .server, code: code, message, detail: result.field(.detail),
            hint: result.field(.hint), constraint: result.field(.constraint), at: place)
    }

    // MARK: Waiting

    /// Waits until the socket is ready. Closes the link at the deadline: the effect of the statement can no longer be
    /// known, and its late answer must not be taken for that of the next statement.
    private func wait(
        _ events: Int32, until deadline: Instant, at place: PostgresError.Place
    ) throws(PostgresError) -> Int16 {
        if let ready = Self.poll(PQsocket(try opened(place)), Int16(events), until: deadline) { return ready }
        close()
        throw PostgresError(
            .timeout, code: PostgresError.Code.responseTimeout,
            "Postgres did not answer in time; its connection was given up.",
            hint: "The server is frozen, or out of reach without a sign of it.", at: place)
    }

    /// The events that have occurred, at once if there are any; `nil` at the deadline.
    private static func poll(_ socket: Int32, _ events: Int16, until deadline: Instant) -> Int16? {
        guard socket >= 0 else { return events }
        while true {
            let left = max(.zero, Instant.now.duration(to: deadline))
            var entry = pollfd(fd: socket, events: events, revents: 0)
            #if canImport(Glibc)
                let count = Glibc.poll(&entry, 1, Int32(clamping: left.millisecondsRoundedUp))
            #elseif canImport(Musl)
                let count = Musl.poll(&entry, 1, Int32(clamping: left.millisecondsRoundedUp))
            #else
                let count = Darwin.poll(&entry, 1, Int32(clamping: left.millisecondsRoundedUp))
            #endif
            if count > 0 { return entry.revents }
            // An interrupted wait starts again with what is left. Any other error (out of kernel memory) is passed on
            // as readiness: libpq then gets the same error, and reports it.
            if count < 0, errno != EINTR { return events }
            if count == 0, left == .zero { return nil }
        }
    }

    private func opened(_ place: PostgresError.Place) throws(PostgresError) -> OpaquePointer {
        guard let pointer else { throw lost(place) }
        return pointer
    }

    private func lost(
        _ place: PostgresError.Place, code: String? = nil, message: String? = nil
    ) -> PostgresError {
        let reason = message ?? pointer.map { Self.libpqMessage(of: $0) }
        close()
        return PostgresError(
            .connection, code: code ?? PostgresError.Code.connectionLost, "The connection to Postgres is lost.",
            detail: reason, at: place)
    }

    /// libpq's last message on one line. It names hosts, users and databases, never the password.
    private static func libpqMessage(of pointer: OpaquePointer) -> String {
        let text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        let lines = text.split(whereSeparator: \.isNewline).map { String($0).withoutPadding }.filter { !$0.isEmpty }
        // Each line is a sentence, or begins one, and some lines lack the full stop.
        return lines.reduce("") { text, line in
            guard let end = text.last else { return line }
            return text + (".?!:".contains(end) ? " " : ". ") + line
        }
    }

    /// The strings as a C array that ends with a null pointer, for the length of `body`.
    private static func withCStrings<Result>(
        _ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        var copies = strings.map { string in string.flatMap { UnsafePointer(strdup($0)) } }
        copies.append(nil)
        defer { for copy in copies { free(UnsafeMutablePointer(mutating: copy)) } }
        return copies.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
