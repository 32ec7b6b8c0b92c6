import Accounts
import Leaderboard
import PostgresClient
import Signing

/// API keys in Postgres: table `api_keys`. A trigger of the database counts its changes.
public struct PostgresAPIKeyStore: APIKeyStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// See `APIKeyStore`.
    package func add(_ key: APIKey, hash: APIKeyHash) async throws(StoreError) -> APIKey? {
        try await pool.run { connection in
            try connection.transaction { connection in
                // The row of the revision is locked first, so that no two keys are both the last one that fits.
                try connection.execute("SELECT revision FROM api_keys_revision FOR UPDATE")
                let live = try connection.query(
                    """
                    SELECT count(*) AS live FROM api_keys
                    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
                    """
                ).first?.int("live")
                guard let live, live < APIKey.liveMax else { return nil }
                let made = try connection.query(
                    """
                    INSERT INTO api_keys (key_id, name, key_hash, role, scopes, created_by, expires_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING \(Self.columns)
                    """,
                    [
                        .text(key.id), .text(key.name), .bytes(hash.bytes), .text(key.role.rawValue),
                        .textArray(key.scopes.names), .text(key.createdBy),
                        key.expiresAt.map { .timestamp(milliseconds: $0) } ?? .null,
                    ])
                return try made.first.map { try Self.key($0) }
            }
        }
    }

    /// See `APIKeyStore`.
    package func keys(after: String?, limit: Int) async throws(StoreError) -> [APIKey] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(Self.columns) FROM api_keys WHERE revoked_at IS NULL AND key_id COLLATE "C" > $1
                ORDER BY key_id COLLATE "C" LIMIT $2
                """, [.text(after ?? ""), .int(Int64(limit))]
            ).rows.map { try Self.key($0) }
        }
    }

    /// See `APIKeyStore`.
    package func revoke(_ id: String) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.execute(
                "UPDATE api_keys SET revoked_at = now() WHERE key_id = $1 AND revoked_at IS NULL", [.text(id)]) > 0
        }
    }

    private static let columns = """
        key_id, name, role, scopes, created_by, floor(extract(epoch FROM created_at) * 1000)::bigint AS created,
            floor(extract(epoch FROM expires_at) * 1000)::bigint AS expires
        """

    private static func key(_ row: PostgresRow) throws -> APIKey {
        let names = try row.textArray("scopes").compactMap { $0 }
        return APIKey(
            id: try row.string("key_id"), name: try row.string("name"),
            // A role of a later version gives nothing here.
            role: Role(rawValue: try row.string("role")) ?? .player,
            scopes: names.compactMap { Scopes(name: $0) }.reduce(into: Scopes()) { $0.formUnion($1) },
            createdBy: try row.string("created_by"), createdAt: try row.int("created"),
            expiresAt: try row.intOrNil("expires"))
    }
}
