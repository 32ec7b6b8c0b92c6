import Leaderboard
import LocalServers
import PostgresClient
import Storage
import TestSupport
import Testing

/// A standby takes the leases of a holder whose client is stopped or cut off, and of no other.
@Suite(.timeLimit(.minutes(2)))
struct SilentHolderTests {
    /// What the requirement allows, and room for a busy machine.
    private static let takeover = Duration.seconds(10) + .seconds(3)

    /// Waits until a ledger gets the lease of partition 0, looking as often as a persister does.
    private func takes(_ standby: PostgresLedger) async throws {
        try await eventually("the standby gets the lease", timeout: Self.takeover, every: .seconds(1)) {
            try await standby.acquireLeases(0..<1) == [0]
        }
    }

    /// Looks for the lease of partition 0 for longer than a holder may be silent, and never gets it.
    private func neverTakes(_ standby: PostgresLedger, while isHeld: () async throws -> Void = {}) async throws {
        let end = ContinuousClock.now + .seconds(8)
        while ContinuousClock.now < end {
            #expect(try await standby.acquireLeases(0..<1) == [])
            try await isHeld()
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    @Test("A holder that is silent loses its leases, and what it writes later is refused")
    func idle() async throws {
        try await withDatabase { fixture in
            // Without the timeouts of the server, which would end the session too.
            let (first, second) = (try await fixture.leader(), try await fixture.ledger())
            try await first.commit([batch(events(1...2))], from: [:])
            try await takes(second)
            let kinds = [
                await kind { try await first.commit([batch(events(3...4))], from: [0: position(2)]) },
                await kind { try await first.commit([batch(events(3...4))], from: [0: position(2)]) },
            ]
            #expect(!kinds.contains(nil) && kinds.last == .conflict)
            try await second.commit([batch(events(3...4))], from: [0: position(2)])
            #expect(try await fixture.column("SELECT count(*) FROM score_events") == ["4"])
            #expect(try await fixture.column("SELECT seq FROM partition_positions") == ["4"])
        }
    }

    @Test("A holder that shows that it is alive keeps its leases")
    func alive() async throws {
        try await withDatabase { fixture in
            let (first, second) = (try await fixture.leader(), try await fixture.ledger())
            try await neverTakes(second) { try await first.keepLeases() }
            try await first.commit([batch(events(1...2))], from: [:])
        }
    }

    @Test("A session that works for its client for a long time is not ended")
    func working() async throws {
        try await withDatabase { fixture in
            let session = try await fixture.session()
            let (first, second) = (PostgresLedger(session: session), try await fixture.ledger())
            #expect(try await first.acquireLeases(0..<1) == [0])
            async let slow = session.withConnection { try $0.query("SELECT pg_sleep(9)").rows.count }
            try await neverTakes(second)
            #expect(try await slow == 1)
            try await first.commit([batch(events(1...2))], from: [:])
        }
    }

    /// The moment at which the client is cut off.
    enum Moment: CaseIterable {
        case transaction, copy
    }

    @Test(
        "A holder that is cut off in the middle of a transaction, or of a COPY, loses its leases",
        arguments: Moment.allCases)
    func cutOff(_ moment: Moment) async throws {
        try await withDatabase { fixture in
            let relay = try await Relay.start(to: [fixture.database.port])
            var configuration = PostgresConfiguration(
                url: fixture.database.url.replacing(":\(fixture.database.port)/", with: ":\(relay.port)/"))
            configuration.poolSize = 1
            let session = try PostgresPool(configuration: configuration, logger: quietLogger)
            let (first, second) = (PostgresLedger(session: session), try await fixture.ledger())
            #expect(try await first.acquireLeases(0..<1) == [0])
            let backend = try await session.withConnection { $0.backendPID }
            let body = Task {
                try await session.withConnection { connection in
                    try connection.transaction { connection in
                        try connection.execute("CREATE TABLE t (n int)")
                        if moment == .transaction {
                            relay.fault(.halfOpen)
                            try connection.execute("INSERT INTO t VALUES (1)")
                        } else {
                            // Sent in pieces: the cut comes after the first ones.
                            let rows = (0..<100_000).lazy.map { number -> [PostgresValue] in
                                if number == 50_000 { relay.fault(.halfOpen) }
                                return [.int(Int64(number))]
                            }
                            try connection.copyIn("COPY t FROM STDIN", rows: rows)
                        }
                    }
                }
            }
            try await eventually("Postgres waits for the client") {
                try await fixture.column(
                    "SELECT wait_event FROM pg_stat_activity WHERE pid = \(backend) AND state <> 'idle'")
                    == ["ClientRead"]
            }
            try await takes(second)
            relay.fault(.none)
            await #expect(throws: (any Error).self) { try await body.value }
            #expect(try await fixture.column("SELECT to_regclass('t')") == ["NULL"])
            #expect(await kind { try await first.commit([batch(events(1...2))], from: [:]) } == .conflict)
            _ = await session.shutdown()
            await relay.stop()
        }
    }

    @Test("Postgres itself ends the session of a silent holder, if no other node is there")
    func endedByPostgres() async throws {
        try await withDatabase { fixture in
            var configuration = PostgresConfiguration(url: fixture.database.url)
            configuration.poolSize = 1
            configuration.silenceTimeout = .seconds(1)
            let session = try PostgresPool(configuration: configuration, logger: quietLogger)
            let ledger = PostgresLedger(session: session)
            #expect(try await ledger.acquireLeases(0..<1) == [0])
            let settings = try await session.withConnection { connection in
                try ["client_connection_check_interval", "idle_in_transaction_session_timeout"].map { name in
                    try connection.query("SHOW \(name)").rows.map { try $0.string(0) }
                }
            }
            #expect(settings == [["1s"], ["1s"]])
            try await eventually("nobody holds the lease") {
                try await fixture.locks() == 0
            }
            _ = await session.shutdown()
        }
    }

    @Test("A node whose leases are lost does not archive or prune")
    func archive() async throws {
        try await withDatabase { fixture in
            let session = try await fixture.session()
            let ledger = PostgresLedger(session: session)
            #expect(try await ledger.acquireLeases(0..<1) == [0])
            let archive = PostgresArchive(pool: fixture.pool, ledger: ledger)
            let ranking = Ranking(board: "b", window: "daily", period: "2026-11-20")
            var board = Board(id: "b")
            board.keepPeriods = 1
            try await fixture.run(
                """
                INSERT INTO archived_periods (board, window_name, period, epoch, sealed_seq, sealed_at) VALUES
                    ('b', 'daily', '2026-11-20', 'e1', 2, now());
                INSERT INTO scores (board, window_name, period, user_id, score, reached_seq, updated_at)
                    VALUES ('b', 'daily', '2026-11-20', 'u', 5, 1, now());
                """)
            let period = Period(name: "2026-11-20", startsAt: nil, endsAt: 1)
            let backend = try await session.withConnection { $0.backendPID }
            _ = try await fixture.column("SELECT pg_terminate_backend(\(backend))")
            try await eventually("the session is gone") {
                try await fixture.column("SELECT 1 FROM pg_stat_activity WHERE pid = \(backend)").isEmpty
            }
            #expect(await kind { _ = try await archive.archive(ranking, board: board, period: period) } == .conflict)
            #expect(await kind { _ = try await archive.prune(board: board) } == .conflict)
            #expect(try await fixture.column("SELECT count(*) FROM scores") == ["1"])
            #expect(try await ledger.acquireLeases(0..<1) == [0])
            #expect(try await archive.archive(ranking, board: board, period: period))
            #expect(try await fixture.column("SELECT count(*) FROM archived_entries") == ["1"])
        }
    }
}
