import Leaderboard
import PostgresClient

/// Writes events that lead to rows which a table refuses. Those rows go to `dead_letters`, the others to their tables.
///
/// The rows are found by halving: for `k` refused rows of `n`, this takes about `k log n` statements, each in a
/// savepoint.
enum DeadLetters {
    /// A row that a table refused. The outcome is that of its ranking, for a row of the ledger of the first one.
    private struct Refused {
        let source: CarriedEvent
        let outcome: RankingOutcome?
        let table: DeadLetter.Table
        let error: PostgresError
    }

    /// Writes events and their scores in the open transaction.
    ///
    /// - Returns: the rows that were refused.
    /// - Throws: any error that is not the fault of a row. No row is put aside because a table is missing or a disk is
    ///   full.
    static func write(_ events: [CarriedEvent], on connection: PostgresConnection) throws -> [DeadLetter] {
        // An operator's own deferred constraint would fail only at the commit. This makes it refuse its row at once.
        try connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        var refused: [Refused] = []
        try halve(LedgerRow.rows(of: events)[...], on: connection) { part throws(PostgresError) in
            try LedgerRow.append(part, on: connection)
        } refuse: {
            refused.append(Refused(source: $0.source, outcome: $0.first, table: .ledger, error: $1))
        }
        // Write the scores even if the ledger refuses an event: the event counted in Redis, and later events build on
        // it.
        for step in ScoreStep.steps(of: events) { try take(step, on: connection) { refused.append($0) } }
        return try refused.map { refused in
            let letter = DeadLetter(
                partition: refused.source.partition, seq: refused.source.event.seq, table: refused.table,
                code: refused.error.code, reason: reason(refused.error))
            try keep(letter, refused, on: connection)
            return letter
        }
    }

    private static func take(
        _ step: ScoreStep, on connection: PostgresConnection, refuse: (Refused) -> Void
    ) throws(PostgresError) {
        switch step {
        case .write(let rows):
            try halve(rows[...], on: connection) { part throws(PostgresError) in
                try ScoreRow.upsert(part, on: connection)
            } refuse: {
                refuse(Refused(source: $0.source, outcome: $0.outcome, table: .scores, error: $1))
            }
        case .carryOut(let act):
            try halve([act], on: connection) { acts throws(PostgresError) in
                for act in acts { try act.carryOut(on: connection) }
            } refuse: {
                refuse(Refused(source: $0.source, outcome: $0.source.event.outcomes.first, table: .scores, error: $1))
            }
        }
    }

    private static func halve<Row>(
        _ rows: ArraySlice<Row>, on connection: PostgresConnection,
        write: (ArraySlice<Row>) throws(PostgresError) -> Void, refuse: (Row, PostgresError) -> Void
    ) throws(PostgresError) {
        guard let first = rows.first else { return }
        try connection.execute("SAVEPOINT part")
        do throws(PostgresError) {
            try write(rows)
            try connection.execute("RELEASE SAVEPOINT part")
            return
        } catch {
            guard error.isFaultOfRow else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT part")
            try connection.execute("RELEASE SAVEPOINT part")
            if rows.count == 1 { return refuse(first, error) }
        }
        let middle = rows.startIndex + rows.count / 2
        try halve(rows[..<middle], on: connection, write: write, refuse: refuse)
        try halve(rows[middle...], on: connection, write: write, refuse: refuse)
    }

    private static func keep(
        _ letter: DeadLetter, _ refused: Refused, on connection: PostgresConnection
    ) throws(PostgresError) {
        try connection.execute(
            """
            INSERT INTO dead_letters (partition, seq, epoch, refused_by, sqlstate, reason, event)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .int(Int64(letter.partition)), .int(letter.seq), .text(refused.source.epoch),
                .text(letter.table.rawValue),
                .text(letter.code), .text(letter.reason),
                .json(LetterText.encode(refused.source.event, outcome: refused.outcome)),
            ])
    }

    /// Returns the server's message, which may quote the value that it refused.
    static func reason(_ error: PostgresError) -> String {
        Suspicion.presentable(error.detail.map { "\(error.message): \($0)" } ?? error.message)
    }
}

extension PostgresError {
    /// Whether the server refused a row because of its content, so that this row can never be written while others can.
    ///
    /// By SQLSTATE: data exceptions (22), integrity constraints (23), a view's check option (44000), and a program
    /// limit such as the size of an index entry (54000). Everything else is a passing problem or a problem of the
    /// database: a full disk, a lost connection, a conflict, a timeout, a missing table or right.
    package var isFaultOfRow: Bool {
        if kind == .misuse { return code == Code.badValue }
        guard kind == .server else { return false }
        // Postgres reports a missing monthly table as a violated check, but without the name of a constraint.
        if code == "23514" { return constraint != nil }
        return ["22", "23"].contains(code.prefix(2)) || code == "44000" || code == "54000"
    }
}
