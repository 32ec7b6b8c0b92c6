import Leaderboard
import PostgresClient
import StrictJSON

/// Audits in Postgres: tables `audits` and `audit_findings`. An advisory lock lets one audit run at a time.
public struct PostgresAuditRecord: AuditRecord {
    private let session: PostgresPool
    private let node: String
    /// The keys of the lock. No partition has the second one.
    private static let lock = "\(LedgerLeases.lockClass), -2"

    /// - Parameters:
    ///   - session: a pool of one connection to a migrated database. The lock ends with this connection.
    ///   - node: this node's name, written to the rows.
    public init(session: PostgresPool, node: String) {
        self.session = session
        self.node = node
    }

    /// See `AuditRecord`.
    public func begin(scheduledFor: Int64?) async throws(StoreError) -> Int64? {
        try await session.run { [node] connection in
            let held = try connection.query("SELECT pg_try_advisory_lock(\(Self.lock)) AS held").first
            guard try held?.bool("held") == true else { return nil }
            // No other audit runs, so one that has not ended was interrupted.
            try connection.execute(
                "UPDATE audits SET finished_at = now(), failure = 'interrupted' WHERE finished_at IS NULL")
            let row = try connection.query(
                """
                INSERT INTO audits (scheduled_for, node) VALUES ($1, $2)
                ON CONFLICT (scheduled_for) DO NOTHING RETURNING id
                """, [scheduledFor.map { .timestamp(milliseconds: $0) } ?? .null, .text(node)]
            ).first
            guard let row else {
                try Self.unlock(connection)
                return nil
            }
            return try row.int("id")
        }
    }

    /// See `AuditRecord`.
    public func end(
        _ audit: Int64, _ findings: AuditFindings, failure: String?
    ) async throws(StoreError) {
        try await session.run { connection in
            try connection.transaction { connection in
                try connection.execute(
                    """
                    UPDATE audits SET finished_at = now(), failure = $2, rankings = $3, entries = $4, events = $5,
                        differences = $6, undecided = $7, irregularities = $8, left_out = $9
                    WHERE id = $1
                    """,
                    [
                        .int(audit), .text(orNull: failure), .int(Int64(findings.rankings)),
                        .int(Int64(findings.entries)), .int(Int64(findings.events)),
                        .int(Int64(findings.differenceCount)), .int(Int64(findings.undecided)),
                        .int(Int64(findings.irregularityCount)), .textArray(findings.leftOut.map(\.description)),
                    ])
                try Self.write(findings.differences, audit, on: connection)
                try Self.write(findings.irregularities, audit, on: connection)
            }
            try Self.unlock(connection)
        }
    }

    private static func unlock(_ connection: PostgresConnection) throws(PostgresError) {
        // If the connection is another one by now, the lock is gone already.
        try connection.query("SELECT pg_advisory_unlock(\(lock))")
    }

    private static func write(
        _ differences: [AuditDifference], _ audit: Int64, on connection: PostgresConnection
    ) throws(PostgresError) {
        try connection.execute(
            """
            INSERT INTO audit_findings (audit_id, kind, rule, board, window_name, period, user_id, evidence)
            SELECT $1, 'difference', rule, board, window_name, period, nullif(user_id, ''), evidence::json
            FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
                AS found (rule, board, window_name, period, user_id, evidence)
            """,
            [
                .int(audit), .textArray(differences.map(\.kind.rawValue)), .textArray(differences.map(\.ranking.board)),
                .textArray(differences.map(\.ranking.window)), .textArray(differences.map(\.ranking.period)),
                .textArray(differences.map(\.userID)),
                .textArray(differences.map { difference in json { difference.write(to: &$0) } }),
            ])
    }

    private static func write(
        _ irregularities: [Irregularity], _ audit: Int64, on connection: PostgresConnection
    ) throws(PostgresError) {
        try connection.execute(
            """
            INSERT INTO audit_findings (audit_id, kind, rule, board, user_id, first_seq, last_seq, evidence)
            SELECT DISTINCT ON (rule, board, user_id, first_seq)
                $1::bigint, 'irregularity', rule, board, user_id, first_seq, last_seq, evidence::json
            FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])
                AS found (rule, board, user_id, first_seq, last_seq, evidence)
            ORDER BY rule, board, user_id, first_seq, last_seq DESC
            ON CONFLICT (board, user_id, rule, first_seq) WHERE kind = 'irregularity' DO UPDATE
                SET audit_id = EXCLUDED.audit_id, last_seq = EXCLUDED.last_seq, evidence = EXCLUDED.evidence
            """,
            [
                .int(audit), .textArray(irregularities.map(\.rule.rawValue)), .textArray(irregularities.map(\.board)),
                .textArray(irregularities.map(\.userID)), .intArray(irregularities.map(\.firstSeq)),
                .intArray(irregularities.map(\.lastSeq)),
                .textArray(irregularities.map { irregularity in json { irregularity.write(to: &$0) } }),
            ])
    }

    private static func json(_ body: (inout JSONWriter<[UInt8]>) -> Void) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text, body)
        return String(decoding: text, as: UTF8.self)
    }
}
