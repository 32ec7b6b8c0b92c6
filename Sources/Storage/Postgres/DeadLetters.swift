import Leaderboard
import PostgresClient
import StrictJSON

/// Writes batches of which the tables refuse some rows: those go to `dead_letters`, the others where they belong.
///
/// Rows at fault are found by halving: `k` of `n` rows take some `k log n` statements, each in a savepoint.
enum DeadLetters {
    private typealias Refused = (row: LedgerRow, table: DeadLetter.Table, error: PostgresError)

    /// Writes the events and scores of the batches, in the transaction that is open. What is refused for another reason
    /// than its own is thrown: no row is put aside for a table that is missing or a disk that is full.
    static func write(_ batches: [OutboxBatch], on connection: PostgresConnection) throws -> [DeadLetter] {
        // What a constraint of an operator's own would refuse at the end only is refused with its row.
        try connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        let rows = batches.flatMap { Array(LedgerRow.rows(of: $0)) }
        var refused: [Refused] = []
        try halve(rows[...], on: connection) { part throws(PostgresError) in
            try LedgerRow.append(part, on: connection)
        } refuse: {
            refused.append(($0, .ledger, $1))
        }
        // The scores follow Redis' even if the ledger refuses an event: it counted, and others go on from it.
        try halve(LedgerRow.last(of: rows)[...], on: connection) { part throws(PostgresError) in
            try LedgerRow.upsertScores(part, on: connection)
        } refuse: {
            refused.append(($0, .scores, $1))
        }
        return try refused.map { refused in
            let letter = DeadLetter(
                partition: refused.row.partition, seq: refused.row.event.seq, table: refused.table,
                code: refused.error.code, reason: reason(refused.error))
            try keep(letter, refused.row, on: connection)
            return letter
        }
    }

    private static func halve(
        _ rows: ArraySlice<LedgerRow>, on connection: PostgresConnection,
        write: (ArraySlice<LedgerRow>) throws(PostgresError) -> Void, refuse: (LedgerRow, PostgresError) -> Void
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
        _ letter: DeadLetter, _ row: LedgerRow, on connection: PostgresConnection
    ) throws(PostgresError) {
        try connection.execute(
            """
            INSERT INTO dead_letters (partition, seq, epoch, refused_by, sqlstate, reason, event)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .int(Int64(letter.partition)), .int(letter.seq), .text(row.epoch), .text(letter.table.rawValue),
                .text(letter.code), .text(letter.reason), .json(json(row.event)),
            ])
    }

    /// The server's words, which may quote what it could not take.
    private static func reason(_ error: PostgresError) -> String {
        Suspicion.presentable(error.detail.map { "\(error.message): \($0)" } ?? error.message)
    }

    /// An event as JSON in ASCII, so that a database of any encoding can hold it.
    package static func json(_ event: LedgerEvent) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginObject()
            json.member("board", event.ranking.board)
            json.member("window", event.ranking.window)
            json.member("period", event.ranking.period)
            json.member("user_id", event.userID)
            json.member("action_id", event.action)
            json.member("nonce", event.nonce)
            json.member("signature", event.signature)
            json.member("points", event.points)
            json.member("submitted_score", orNull: event.submittedScore)
            json.member("score", event.score)
            json.member("rank", event.rank)
            json.member("issued_at_ms", event.issuedAt)
            json.member("applied_at_ms", event.appliedAt)
            json.endObject()
        }
        // Only strings can hold other characters, and in them each can be written as an escape.
        return String(decoding: text, as: UTF8.self).utf16.reduce(into: "") { text, unit in
            if unit < 0x80 {
                text.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}

extension PostgresError {
    /// Whether a row was refused for what it holds, so that the same row can never be written while others can.
    ///
    /// By SQLSTATE: data exceptions (22), integrity constraints (23), a view's check option (44000), a program limit
    /// such as the size of an index entry (54000). Everything else (a full disk, a lost connection, a conflict, a
    /// timeout, a missing table or right) is trouble of the moment or of the database.
    package var isFaultOfRow: Bool {
        if kind == .misuse { return code == Code.badValue }
        guard kind == .server else { return false }
        // A month's table that is missing is told as a violated check, but without a constraint's name.
        if code == "23514" { return constraint != nil }
        return ["22", "23"].contains(code.prefix(2)) || code == "44000" || code == "54000"
    }
}
