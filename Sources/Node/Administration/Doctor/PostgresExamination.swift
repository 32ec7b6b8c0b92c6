import Basics
import Logging
import Node
import PostgresClient
import Settings
import Storage

/// Examines a Postgres for `scorecast doctor`. Changes nothing in it.
struct PostgresExamination: Sendable {
    let url: String
    let roles: NodeRoles
    /// `SCORECAST_ACTION_SKEW` in ms.
    let skew: Int64

    /// The findings, and the deployment's id if the database has one.
    typealias Examination = (findings: [Finding], deployment: String?)

    func examine() async -> Examination {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 1
        configuration.poolName = "doctor"
        configuration.applicationName = "scorecast-doctor"
        configuration.acquireTimeout = .seconds(5)
        do {
            try await SessionTest(configuration, logger: .silent).run()
        } catch  where error.code == PostgresError.Code.sharedSession {
            // Nothing else that it answers can be relied on.
            let text = [error.message, error.detail, error.hint].compactMap { $0 }.joined(separator: " ")
            return ([.bad("Postgres sessions", text)], nil)
        } catch {
            // The examination says what is wrong.
        }
        do {
            let pool = try PostgresPool(configuration: configuration, logger: .silent)
            let examination = await examine(pool)
            _ = await pool.shutdown()
            return examination
        } catch {
            return ([.bad("Postgres", error.message)], nil)
        }
    }

    private func examine(_ pool: PostgresPool) async -> Examination {
        do {
            var facts = try await pool.withConnection { try Self.facts($0) }
            let roles = roles
            if try await pool.withConnection({ try Self.canReadMigrations($0) }) {
                let pending = try await Migrator.pending(pool: pool, migrations: Migrations.all)
                facts.pendingMigrations = pending.map(\.name)
            } else {
                facts.missingRights = ["SELECT on schema_migrations"]
            }
            if facts.pendingMigrations.isEmpty {
                facts.missingRights += try await pool.withConnection { try Self.missingRights($0, roles) }
            }
            // A role without the right to read it gets a finding about that.
            return (facts.findings(skew: skew), try? await PostgresDeployment(pool: pool).id())
        } catch {
            let reason = ErrorText.text(of: error) ?? "\(error)"
            return ([.bad("Postgres", "it cannot be used: \(reason)")], nil)
        }
    }

    private static func facts(_ connection: PostgresConnection) throws -> PostgresFacts {
        let before = WallClock.milliseconds()
        let result = try connection.query(
            """
            SELECT current_setting('server_version_num')::bigint AS version,
                current_setting('server_encoding') AS encoding, current_user::text AS role,
                pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS read_only,
                (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
            """)
        guard let row = result.first else { throw NodeError.unusable("Postgres gave no row for a SELECT of one.") }
        return PostgresFacts(
            version: Int(try row.int("version")), encoding: try row.string("encoding"), user: try row.string("role"),
            isReadOnly: try row.bool("read_only"),
            clock: ClockReading(before: before, after: WallClock.milliseconds(), theirs: try row.int("now")))
    }

    /// Whether the role may see which migrations were applied. True if none were.
    private static func canReadMigrations(_ connection: PostgresConnection) throws -> Bool {
        let result = try connection.query(
            """
            SELECT to_regclass('schema_migrations') IS NULL
                OR has_table_privilege(to_regclass('schema_migrations'), 'SELECT') AS readable
            """)
        return try result.first?.bool("readable") ?? true
    }

    private static func missingRights(_ connection: PostgresConnection, _ roles: NodeRoles) throws -> [String] {
        let needed = PostgresRights.needed(roles)
        let result = try connection.query(
            """
            SELECT privilege || ' on ' || name AS missing
            FROM unnest($1::text[], $2::text[]) AS needed (name, privilege)
            WHERE to_regclass(name) IS NULL OR NOT has_table_privilege(to_regclass(name), privilege)
            """, [.textArray(needed.map(\.table)), .textArray(needed.map(\.privilege))])
        var missing = try result.rows.map { try $0.string("missing") }
        guard roles.contains(.persister) else { return missing }
        // A persister creates a table for each month of the ledger.
        let owner = try connection.query(
            """
            SELECT pg_has_role(current_user, relowner, 'USAGE') AS owns,
                has_schema_privilege(relnamespace, 'CREATE') AS creates
            FROM pg_class WHERE oid = to_regclass('score_events')
            """)
        if let row = owner.first {
            if try !row.bool("owns") { missing.append("ownership of score_events") }
            if try !row.bool("creates") { missing.append("CREATE in the schema of score_events") }
        }
        return missing
    }
}
