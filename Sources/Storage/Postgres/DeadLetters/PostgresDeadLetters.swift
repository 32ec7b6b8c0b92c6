import Leaderboard
import PostgresClient

/// The dead letters in Postgres, for operators: tables `dead_letters` and `settled_letters`.
///
/// Each letter is settled in a transaction of its own, which first locks the position of the partition. So the
/// persister does not write to the partition meanwhile, and the letter cannot overtake a later event.
public struct PostgresDeadLetters: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Returns letters in the order of their numbers.
    ///
    /// - Parameters:
    ///   - id: the one letter; nil for all.
    ///   - partition: the partition; nil for all.
    ///   - after: the number of the last letter that was read before.
    ///   - limit: how many.
    public func list(
        id: Int64? = nil, partition: Int? = nil, after: Int64 = 0, limit: Int
    ) async throws(StoreError) -> [KeptLetter] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(KeptLetter.columns) FROM dead_letters
                WHERE id > $1 AND ($2::bigint IS NULL OR id = $2) AND ($3::int IS NULL OR partition = $3)
                ORDER BY id LIMIT $4
                """,
                [.int(after), .int(orNull: id), .int(orNull: partition.map { Int64($0) }), .int(Int64(limit))]
            ).rows.map { try KeptLetter($0) }
        }
    }

    /// Returns how many letters there are.
    public func count(id: Int64? = nil, partition: Int? = nil) async throws(StoreError) -> Int {
        try await pool.run { connection in
            let row = try connection.query(
                """
                SELECT count(*) AS letters FROM dead_letters
                WHERE ($1::bigint IS NULL OR id = $1) AND ($2::int IS NULL OR partition = $2)
                """, [.int(orNull: id), .int(orNull: partition.map { Int64($0) })]
            ).first
            return Int(try row?.int("letters") ?? 0)
        }
    }

    /// Settles a letter, or says why it stays. It may be called again for the same letter at any time.
    public func settle(_ id: Int64, by command: LetterCommand) async throws(StoreError) -> LetterSettlement {
        try await pool.run { connection in
            let kept = try connection.query(
                "SELECT \(KeptLetter.columns) FROM dead_letters WHERE id = $1", [.int(id)]
            ).first.map { try KeptLetter($0) }
            guard let kept else { return .gone }
            guard let row = LetterRow(kept) else { return .refused("the letter does not hold an event") }
            do {
                if kept.letter.table == .ledger {
                    try LedgerMonth(milliseconds: row.event.issuedAt).make(on: connection)
                }
                return try connection.withStatementTimeout(LedgerAct.statementTimeout) {
                    try Self.settle(row, by: command, on: connection)
                }
            } catch let error as PostgresError where error.isFaultOfRow {
                return .refused("\(error.code): \(DeadLetters.reason(error))")
            }
        }
    }

    private static func settle(
        _ row: LetterRow, by command: LetterCommand, on connection: PostgresConnection
    ) throws -> LetterSettlement {
        struct Refusal: Error { let settlement: LetterSettlement }
        do {
            return try connection.transaction { connection in
                try connection.query(
                    "SELECT seq FROM partition_positions WHERE partition = $1 FOR UPDATE", [.int(Int64(row.partition))])
                let taken = try connection.execute(
                    """
                    WITH taken AS (DELETE FROM dead_letters WHERE id = $1 RETURNING *)
                    INSERT INTO settled_letters
                        (id, at, partition, seq, epoch, refused_by, sqlstate, reason, event, command, result)
                    SELECT id, at, partition, seq, epoch, refused_by, sqlstate, reason, event, $2, 'needless' FROM taken
                    """, [.int(row.id), .text(command.rawValue)])
                guard taken == 1 else { throw Refusal(settlement: .gone) }
                let settlement = try row.settle(by: command, on: connection)
                guard settlement.settles else { throw Refusal(settlement: settlement) }
                try connection.execute(
                    "UPDATE settled_letters SET result = $2 WHERE id = $1", [.int(row.id), .text(settlement.name)])
                return settlement
            }
        } catch let refusal as Refusal {
            return refusal.settlement
        }
    }
}
