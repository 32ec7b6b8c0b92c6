import Access
import Leaderboard
import PostgresClient
import StrictJSON

/// The audit log in Postgres: table `audit_log`.
public struct PostgresAuditStore: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    private static let statement = """
        INSERT INTO audit_log (at, actor, act, subject, outcome, detail, address)
        SELECT to_timestamp(at / 1000.0), actor, act, subject, outcome, detail::jsonb, address
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            WITH ORDINALITY AS entry (at, actor, act, subject, outcome, detail, address, place)
        ORDER BY place
        """

    private static func json(_ detail: [String: String]) -> String {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes) { json in
            json.beginObject()
            for (key, value) in detail.sorted(by: { $0.key < $1.key }) {
                json.key(escaping: key)
                json.string(value)
            }
            json.endObject()
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension PostgresAuditStore: AuditStore {
    /// See `AuditStore`. Takes one statement, however many entries there are.
    package func add(_ entries: [AuditEntry]) async throws {
        guard !entries.isEmpty else { return }
        let values: [PostgresValue] = [
            .intArray(entries.map(\.at)), .textArray(entries.map(\.actor)), .textArray(entries.map(\.act)),
            .textArray(entries.map(\.subject)), .textArray(entries.map(\.outcome.rawValue)),
            .textArray(entries.map { Self.json($0.detail) }), .textArray(entries.map(\.address)),
        ]
        _ = try await pool.run { try $0.execute(Self.statement, values) }
    }
}
