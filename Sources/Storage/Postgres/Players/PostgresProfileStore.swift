import Leaderboard
import Players
import PostgresClient

/// Profiles in Postgres: table `profiles`.
public struct PostgresProfileStore: ProfileStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// See `ProfileStore`.
    public func profile(of userID: String) async throws(StoreError) -> Profile? {
        try await pool.run { connection in
            try connection.query("SELECT \(Self.columns) FROM profiles WHERE user_id = $1", [.text(userID)]).first
                .map { try Self.profile($0) }
        }
    }

    /// See `ProfileStore`.
    public func change(_ change: ProfileChange, of userID: String) async throws(StoreError) -> Profile {
        try await pool.run { connection in
            guard let row = try connection.query(Self.upsert, Self.values(change, of: userID)).first else {
                throw StoreError(.corrupt, "a profile that was written is not there")
            }
            return try Self.profile(row)
        }
    }

    static let columns = """
        user_id, name, avatar_url, country, job, time_zone, preferences,
            floor(extract(epoch FROM created_at) * 1000)::bigint AS created
        """

    /// Each member comes with a flag that says whether it is given. One statement, so that no two writers of a profile
    /// lose each other's members.
    private static let upsert = """
        INSERT INTO profiles AS old (user_id, name, avatar_url, country, job, time_zone, preferences)
        VALUES ($1, $2, $4, $6, $8, $10, coalesce($12::json, '{}'))
        ON CONFLICT (user_id) DO UPDATE SET
            name = CASE WHEN $3::boolean THEN EXCLUDED.name ELSE old.name END,
            avatar_url = CASE WHEN $5::boolean THEN EXCLUDED.avatar_url ELSE old.avatar_url END,
            country = CASE WHEN $7::boolean THEN EXCLUDED.country ELSE old.country END,
            job = CASE WHEN $9::boolean THEN EXCLUDED.job ELSE old.job END,
            time_zone = CASE WHEN $11::boolean THEN EXCLUDED.time_zone ELSE old.time_zone END,
            preferences = CASE WHEN $13::boolean THEN EXCLUDED.preferences ELSE old.preferences END,
            updated_at = now()
        RETURNING \(columns)
        """

    private static func values(_ change: ProfileChange, of userID: String) -> [PostgresValue] {
        let members = [
            change.name, change.avatarURL, change.country, change.job, change.timeZone, change.preferences,
        ]
        return [.text(userID)] + members.flatMap { [.text(orNull: $0 ?? nil), .bool($0 != nil)] }
    }

    static func profile(_ row: PostgresRow) throws -> Profile {
        Profile(
            userID: try row.string("user_id"), name: try row.stringOrNil("name"),
            avatarURL: try row.stringOrNil("avatar_url"), country: try row.stringOrNil("country"),
            job: try row.stringOrNil("job"), timeZone: try row.stringOrNil("time_zone"),
            preferences: try row.string("preferences"), createdAt: try row.int("created"))
    }
}
