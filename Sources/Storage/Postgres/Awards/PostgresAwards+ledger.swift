import Awards
import Leaderboard
import PostgresClient
import Worker

/// The place of an event in the ledger.
public struct LedgerPlace: Sendable, Equatable {
    /// The partition.
    public let partition: Int
    /// The sequence number.
    public let seq: Int64

    /// Gathers the parts.
    public init(partition: Int, seq: Int64) {
        self.partition = partition
        self.seq = seq
    }
}

extension PostgresAwards {
    /// See `AwardStore`.
    public func trace(of award: Award) async throws(StoreError) -> AwardTrace {
        try await pool.run { connection in
            if let row = try Self.event(of: award, on: connection) {
                return .counted(score: try row.int("score"), rank: try row.int("rank"))
            }
            // The texts of dead letters are in ASCII, and so are the signatures of awards.
            let letters = try connection.query(
                """
                SELECT FROM dead_letters WHERE refused_by = 'score_events' AND position($1 IN event::text) > 0 LIMIT 1
                """,
                [.text("\"\(award.signature)\"")])
            if !letters.rows.isEmpty { return .putAside }
            // Asked last: the row is there before the month goes.
            let drops = try connection.query(
                "SELECT FROM ledger_drops WHERE month = date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC')::date",
                [.timestamp(milliseconds: award.issuedAt)])
            return drops.rows.isEmpty ? .absent : .dropped
        }
    }

    /// Returns the place of the event with which an award counted; nil if it has not counted, or if the ledger does not
    /// have it yet.
    public func ledgerPlace(ofAward id: Int64) async throws(StoreError) -> LedgerPlace? {
        try await pool.run { connection in
            let found = try connection.query(
                "SELECT \(Self.columns) FROM awards WHERE award_id = $1 AND state = 'applied'", [.int(id)])
            guard let award = try found.first.map({ try Self.award($0) }),
                let row = try Self.event(of: award, on: connection)
            else { return nil }
            return LedgerPlace(partition: Int(try row.int("partition")), seq: try row.int("seq"))
        }
    }

    /// The row of the award's action id on its board. A correcting row has some microseconds more.
    private static func event(of award: Award, on connection: PostgresConnection) throws -> PostgresRow? {
        try connection.query(
            """
            SELECT partition, seq, score, rank FROM score_events
            WHERE signature = $1 AND board = $2 AND issued_at >= $3 AND issued_at < $4
                AND kind IN ('update', 'correction')
            ORDER BY issued_at LIMIT 1
            """,
            [
                .text(award.signature), .text(award.draft.board), .timestamp(milliseconds: award.issuedAt),
                .timestamp(milliseconds: award.issuedAt + 1),
            ]
        ).first
    }
}
