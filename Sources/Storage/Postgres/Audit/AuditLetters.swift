import Leaderboard
import PostgresClient

/// The events of a board that the ledger refused and that wait in `dead_letters`. They belong between the rows of the
/// ledger, in the order of the sequence numbers.
struct AuditLetters {
    private var byUser: [ByteExact: [AuditEvent]] = [:]
    /// The letters of the user who is taken now.
    private var waiting: [AuditEvent] = []
    private var user: ByteExact?

    /// The most letters of a partition. More have to be settled before an audit can say anything.
    private static let countMax = 10_000

    /// Reads the letters of a board, and gives acts on it to the audit.
    init(_ audit: inout LedgerAudit, partition: Int, on connection: PostgresConnection) throws {
        let rows = try connection.query(
            """
            SELECT seq, event::text FROM dead_letters WHERE partition = $1 AND refused_by = 'score_events'
            ORDER BY seq LIMIT $2
            """, [.int(Int64(partition)), .int(Int64(Self.countMax + 1))]
        ).rows
        guard rows.count <= Self.countMax else {
            throw StoreError(.corrupt, "more than \(Self.countMax) rows of partition \(partition) are in dead_letters")
        }
        for row in rows {
            guard let event = AuditRows.letter(try row.string(1), seq: try row.int(0), board: audit.board.id) else {
                continue
            }
            if event.userID.isEmpty {
                audit.acts.take(event)
            } else {
                byUser[ByteExact(event.userID), default: []].append(event)
            }
        }
    }

    /// Gives a row of the ledger to the audit, and the letters of its user in their places.
    mutating func pass(_ line: AuditRows.Line, to audit: inout LedgerAudit) {
        let event = line.event
        let id = ByteExact(event.userID)
        if user != id {
            flush(to: &audit)
            user = id
            waiting = byUser.removeValue(forKey: id) ?? []
        }
        while let first = waiting.first, first.seq <= event.seq {
            waiting.removeFirst()
            // The ledger has it by now.
            if first.seq < event.seq { audit.take(first) }
        }
        switch line {
        case .event(let event): audit.take(event)
        case .opening(let opening): audit.open(opening)
        }
    }

    /// Gives the rest of the letters to the audit: those of the last user, and of users without an event in the page.
    ///
    /// - Parameter isInPage: the condition for users of the page, on the column `user_id` and the parameters from $2.
    mutating func finish(
        _ audit: inout LedgerAudit, isInPage: String, _ values: [PostgresValue], on connection: PostgresConnection
    ) throws {
        flush(to: &audit)
        let users = byUser.keys.map(\.wrappedValue).filter { !$0.utf8.contains(0) }
        guard !users.isEmpty else { return }
        let rows = try connection.query(
            "SELECT user_id FROM unnest($1::text[]) AS named (user_id) WHERE \(isInPage)", [.textArray(users)] + values
        ).rows
        for row in rows {
            for event in byUser.removeValue(forKey: ByteExact(try row.string(0))) ?? [] { audit.take(event) }
        }
    }

    private mutating func flush(to audit: inout LedgerAudit) {
        for event in waiting { audit.take(event) }
        waiting = []
    }
}
