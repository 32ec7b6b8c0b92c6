import Access
import Basics
import Leaderboard
import PostgresClient
import Signing

/// Ended sessions and API keys in Postgres: tables `ended_sessions`, `api_keys` and `api_keys_revision`.
public struct PostgresCredentials: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }
}

extension PostgresCredentials: CredentialArchive {
    /// See `CredentialArchive`.
    ///
    /// - Throws: `corrupt` if there are more sessions than a node holds. Some of them alone are never returned.
    package func look(within milliseconds: Int64) async throws -> (ended: [SessionID], keysRevision: Int64) {
        try await pool.run { connection in
            let revision = try Self.revision(connection)
            let rows = try connection.query(
                """
                SELECT session_id FROM ended_sessions
                WHERE ended_at > clock_timestamp() - $1 * interval '1 millisecond' LIMIT $2
                """, [.int(milliseconds), .int(Int64(EndedSessions.countMax + 1))]
            ).rows
            guard rows.count <= EndedSessions.countMax else {
                throw StoreError(
                    .corrupt, "more than \(EndedSessions.countMax) sessions ended in a short time, see ended_sessions")
            }
            // No token can name a session whose id is malformed.
            return (try rows.compactMap { SessionID(try $0.string("session_id")) }, revision)
        }
    }

    /// See `CredentialArchive`.
    package func keys() async throws -> APIKeyList {
        try await pool.run { connection in
            // Read the revision first. A change made in between then shows as a newer revision, and is read later.
            let revision = try Self.revision(connection)
            let rows = try connection.query(
                """
                SELECT key_id, encode(key_hash, 'hex') AS sha256, role, scopes,
                    floor(extract(epoch FROM expires_at) * 1000)::bigint AS expires
                FROM api_keys
                WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
                ORDER BY created_at, key_id LIMIT $1
                """, [.int(Int64(APIKeyRing.countMax))]
            ).rows
            return APIKeyList(revision: revision, keys: try rows.compactMap { try Self.key($0) })
        }
    }

    private static func revision(_ connection: PostgresConnection) throws -> Int64 {
        guard let row = try connection.query("SELECT revision FROM api_keys_revision").first else {
            throw StoreError(.corrupt, "table api_keys_revision is empty; it must hold one row")
        }
        return try row.int("revision")
    }

    /// Returns the key of a row; nil if this version does not know its role.
    private static func key(_ row: PostgresRow) throws -> APIKeyRecord? {
        guard let role = Role(rawValue: try row.string("role")),
            let hash = Hexadecimal.bytes(try row.string("sha256")).flatMap({ APIKeyHash(bytes: $0) })
        else { return nil }
        let scopes = try row.textArray("scopes").compactMap { $0 }.compactMap { Scopes(name: $0) }
        return APIKeyRecord(
            id: try row.string("key_id"), hash: hash, role: role, scopes: scopes.reduce([]) { $0.union($1) },
            expiresAt: try row.intOrNil("expires"))
    }
}
