import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import PostgresClient

/// The leases of partitions, as advisory locks of one session. `docs/adr/0026` says who loses them, and when.
final class LedgerLeases: Sendable {
    private struct State {
        /// The connection that took the leases, and its server process. A pooler can change the process.
        var connection: UInt64 = 0
        var backend: Int64 = 0
        var partitions: Set<Int> = []
        var watch = LeaseWatch()
    }

    private let state = NIOLockedValueBox(State())
    private let logger: Logger
    private let ended = Counter(label: "scorecast_persister_sessions_ended_total")

    /// The first key of the advisory locks, "scor"; the second is the partition.
    static let lockClass: Int64 = 0x7363_6f72
    /// How often the locks of a session that was ended are tried again at once.
    private static let triesAfterEnd = 20

    init(logger: Logger) {
        self.logger = logger
    }

    /// The leases that a ledger has taken, as far as it knows.
    var isEmpty: Bool { state.withLockedValue { $0.partitions.isEmpty } }

    /// Tries to take the leases of these partitions, and returns all that are held.
    func take(_ partitions: Range<Int>, on connection: PostgresConnection) throws -> Set<Int> {
        var held = try confirm(on: connection)
        func tryMissing() throws {
            let missing = partitions.filter { !held.contains($0) }.map(Int64.init)
            guard !missing.isEmpty else { return }
            let taken = try connection.query(
                "SELECT p::bigint AS partition FROM unnest($2::int[]) AS p WHERE pg_try_advisory_lock($1::int, p)",
                [.int(Self.lockClass), .intArray(missing)])
            held.formUnion(try taken.rows.map { Int(try $0.int("partition")) })
            state.withLockedValue { [held] in $0.partitions = held }
        }
        try tryMissing()
        guard partitions.contains(where: { !held.contains($0) }), try endSilent(partitions, on: connection) else {
            return held
        }
        // The session ends in a moment.
        for _ in 0..<Self.triesAfterEnd where partitions.contains(where: { !held.contains($0) }) {
            try connection.query("SELECT pg_sleep(0.02)")
            try tryMissing()
        }
        return held
    }

    /// Uses the session, and returns the leases that it still holds.
    ///
    /// - Throws: `unavailable` if the locks are not there although the connection is the same.
    @discardableResult
    func confirm(on connection: PostgresConnection) throws -> Set<Int> {
        let row = try connection.query(
            """
            SELECT pg_backend_pid()::bigint AS backend, count(*) AS locks FROM pg_locks
            WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND classid::bigint = $1 AND objsubid = 2 AND granted
            """, [.int(Self.lockClass)]
        ).first
        let (backend, locks) = (try row?.int("backend") ?? 0, try row?.int("locks") ?? 0)
        let held: Set<Int>? = state.withLockedValue { state in
            if state.connection != connection.id {
                (state.connection, state.backend, state.partitions) = (connection.id, backend, [])
            }
            guard state.backend == backend, Int(locks) >= state.partitions.count else {
                state.connection = 0
                state.partitions = []
                return nil
            }
            return state.partitions
        }
        if let held { return held }
        connection.close()
        throw Self.shared("the session that took the leases became another one, or lost its locks")
    }

    static func shared(_ reason: String) -> StoreError {
        StoreError(.unavailable, "postgres: a pooler shares sessions: \(reason)", trouble: .sessionsShared)
    }

    /// The server process that took the leases of these partitions. Whatever is written on this connection has to check
    /// that it is still the one.
    func backend(holding partitions: some Sequence<Int>, on connection: PostgresConnection) throws(StoreError) -> Int64
    {
        let (backend, held) = state.withLockedValue {
            ($0.backend, $0.connection == connection.id ? $0.partitions : [])
        }
        for partition in partitions where !held.contains(partition) {
            throw StoreError(.conflict, "the lease of partition \(partition) is lost")
        }
        return backend
    }

    /// Checks from another connection that the session of the leases still holds them. They end all at once.
    func check(on connection: PostgresConnection) throws {
        let (backend, isEmpty) = state.withLockedValue { ($0.backend, $0.partitions.isEmpty) }
        let row = try connection.query(
            """
            SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND locktype = 'advisory' AND classid::bigint = $2
                AND objsubid = 2 AND granted) AS held
            """, [.int(backend), .int(Self.lockClass)]
        ).first
        guard !isEmpty, try row?.bool("held") == true else { throw StoreError(.conflict, "the leases are lost") }
    }

    // MARK: Holders that are silent

    /// Ends the sessions that hold wanted leases and whose clients have been silent for too long. Returns whether there
    /// was one.
    private func endSilent(_ partitions: Range<Int>, on connection: PostgresConnection) throws -> Bool {
        // A role sees and ends its own sessions.
        let rows = try connection.query(
            """
            SELECT DISTINCT activity.pid::bigint AS pid, activity.backend_start::text AS started,
                activity.state_change::text AS changed
            FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
            WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2 AND lock.classid::bigint = $1
                AND lock.objid::bigint >= $2 AND lock.objid::bigint < $3
                AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND activity.pid <> pg_backend_pid() AND activity.usename = current_user
                AND activity.wait_event IN ('ClientRead', 'ClientWrite')
                AND activity.backend_start IS NOT NULL AND activity.state_change IS NOT NULL
            """,
            [.int(Self.lockClass), .int(Int64(partitions.lowerBound)), .int(Int64(partitions.upperBound))]
        ).rows
        let waiting = try rows.map {
            LeaseWatch.Waiting(
                pid: try $0.int("pid"), startedAt: try $0.string("started"), changedAt: try $0.string("changed"))
        }
        let silent = state.withLockedValue { $0.watch.look(at: waiting, now: .now) }
        for session in silent {
            // It may have been heard of since.
            let isEnded = try connection.query(
                """
                SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                WHERE pid = $1 AND backend_start = $2::timestamptz AND state_change = $3::timestamptz
                    AND wait_event IN ('ClientRead', 'ClientWrite')
                """, [.int(session.pid), .text(session.startedAt), .text(session.changedAt)]
            ).first?.bool("ended")
            guard isEnded == true else { continue }
            ended.increment()
            logger.warning(
                "Ended the session of a persister that is silent, to take its leases",
                metadata: ["backend": "\(session.pid)", "silent_since": "\(session.changedAt)"])
        }
        return !silent.isEmpty
    }
}
