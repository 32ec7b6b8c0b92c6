import Foundation
import LocalServers
import TestSupport

/// A lock on a table of Postgres, held by a session of its own.
final class TableLock: Sendable {
    private let child: ChildProcess
    private let table: String

    /// Begins to take the lock.
    ///
    /// - Parameter mode: as in LOCK TABLE.
    init(_ table: String, _ mode: String, url: String) throws {
        let psql = try ExecutableSearch.system.find("psql", install: "apt-get install postgresql-client")
        // The server notices the end of the client while it sleeps.
        let sql = """
            SET client_connection_check_interval = 50; BEGIN; LOCK TABLE \(table) IN \(mode) MODE; SELECT pg_sleep(60);
            COMMIT
            """
        self.table = table
        child = try ChildProcess.spawn(
            .init(psql, ["-X", "-c", sql, url + (url.contains("?") ? "&" : "?") + "application_name=tablelock"]),
            output: try Files.openNameless())
    }

    /// Whether the session has the lock.
    func isHeld(_ cluster: Cluster) async throws -> Bool {
        try await cluster.count(
            """
            SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE application_name = 'tablelock' AND granted AND relation = '\(table)'::regclass
            """) > 0
    }

    /// Ends the session, and so gives the lock back.
    func release() async { await child.stop(SIGTERM, within: .seconds(10)) }
}
