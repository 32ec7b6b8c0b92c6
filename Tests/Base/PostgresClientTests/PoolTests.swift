import MetricsTestKit
import PostgresClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct PoolTests {
    @Test func manyTasksShareFewConnections() async throws {
        let inside = Tally()
        try await TestServer.shared().withPool(size: 4) { pool in
            let answers = try await withThrowingTaskGroup(of: (Int64, Int32).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            inside.up()
                            defer { inside.down() }
                            let row = try connection.query("SELECT $1::bigint * 2", [.int(Int64(number))]).first
                            return (try #require(row).int(0), connection.backendPID)
                        }
                    }
                }
                return try await group.reduce(into: [(Int64, Int32)]()) { $0.append($1) }
            }
            #expect(answers.map(\.0).sorted() == (0..<200).map { $0 * 2 })
            #expect(Set(answers.map(\.1)).count <= 4)
            #expect(inside.most <= 4)
        }
    }

    @Test func callersThatTakeTurnsShareOneConnection() async throws {
        try await TestServer.shared().withPool(size: 4) { pool in
            var identities: Set<UInt64> = []
            for _ in 0..<50 { identities.insert(try await pool.withConnection { $0.id }) }
            #expect(identities.count == 1)
        }
    }

    @Test func noConnectionBeforeTheFirstUse() async throws {
        // Nothing listens on this port, and the pool does not try to connect.
        let pool = try PostgresPool(configuration: .init(url: "postgresql://127.0.0.1:1/none"), logger: quietLogger)
        #expect(await pool.shutdown())
    }

    @Test func oneMoreThanMayWaitIsRefused() async throws {
        let gate = Gate()
        try await TestServer.shared().withPool(size: 1, { $0.maxWaiting = 2 }) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pool.withConnection { _ in gate.pass() } }
                try await eventually("the connection is busy") { gate.entered == 1 }
                let refused = Tally()
                for _ in 0..<5 {
                    group.addTask {
                        do {
                            try await pool.withConnection { _ in }
                        } catch let error as PostgresError where error.kind == .overloaded {
                            #expect(error.isTransient && !error.effectUnknown)
                            refused.up()
                        }
                    }
                }
                try await eventually("all but two are refused") { refused.value == 3 }
                gate.open()
                try await group.waitForAll()
                #expect(refused.value == 3)
            }
        }
    }

    @Test func aWaitForAConnectionEndsInTime() async throws {
        let gate = Gate()
        try await TestServer.shared().withPool(size: 1) { pool in _ = try await pool.withConnection { $0.id } }
        try await TestServer.shared().withPool(size: 1, { $0.acquireTimeout = .milliseconds(500) }) { pool in
            // The first call opens the connection, which can take long on a busy machine.
            try await eventually("the connection is open") { (try? await pool.withConnection { $0.id }) != nil }
            async let holder: Void = pool.withConnection { _ in gate.pass() }
            try await eventually("the connection is busy") { gate.entered == 1 }
            let start = ContinuousClock.now
            let error = try await postgresError { try await pool.withConnection { _ in Issue.record("it ran") } }
            #expect(error.kind == .timeout)
            #expect(error.code == PostgresError.Code.acquireTimeout)
            #expect(ContinuousClock.now - start >= .milliseconds(500))
            #expect(ContinuousClock.now - start < .seconds(10))
            gate.open()
            try await holder
        }
    }

    @Test func aCancelledWaitNeverRuns() async throws {
        let gate = Gate()
        try await TestServer.shared().withPool(size: 1) { pool in
            async let holder: Void = pool.withConnection { _ in gate.pass() }
            try await eventually("the connection is busy") { gate.entered == 1 }
            let waiting = Task { try await pool.withConnection { _ in Issue.record("it ran") } }
            let cancelledBefore = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await pool.withConnection { _ in Issue.record("it ran") }
            }
            await #expect(throws: CancellationError.self) { try await cancelledBefore.value }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.open()
            try await holder
        }
    }

    @Test func bodiesThatThrowLeaveTheConnectionInUse() async throws {
        struct Refused: Error {}
        try await TestServer.shared().withPool(size: 1) { pool in
            let identity = try await pool.withConnection { $0.id }
            await #expect(throws: Refused.self) { try await pool.withConnection { _ in throw Refused() } }
            #expect(try await pool.withConnection { $0.id } == identity)
        }
    }

    @Test func aSessionKeepsItsLocksBetweenBodies() async throws {
        let server = try await TestServer.shared()
        let key = Int64.random(in: 1...Int64.max)
        try await server.withPool(size: 1) { session in
            try await session.withConnection { _ = try $0.query("SELECT pg_advisory_lock($1)", [.int(key)]) }
            try await server.withPool(size: 1) { rival in
                let tryLock: @Sendable (PostgresConnection) throws -> Bool = { connection in
                    try #require(try connection.query("SELECT pg_try_advisory_lock($1)", [.int(key)]).first).bool(0)
                }
                #expect(try await !rival.withConnection(tryLock))
                let identity = try await session.withConnection { $0.id }
                try await session.withConnection { $0.close() }
                try await eventually("the lock goes with the session") { try await rival.withConnection(tryLock) }
                #expect(try await session.withConnection { $0.id } != identity)
            }
        }
    }

    @Test func shutdownRefusesFailsAndLetsEnd() async throws {
        let gate = Gate()
        let server = try await TestServer.shared()
        let pool = try PostgresPool(configuration: server.configuration(size: 1), logger: quietLogger)
        let running = Task {
            try await pool.withConnection { connection in
                gate.pass()
                return try #require(try connection.query("SELECT 7").first).int(0)
            }
        }
        try await eventually("the connection is busy") { gate.entered == 1 }
        let waiting = Task { try await pool.withConnection { _ in Issue.record("it ran") } }
        #expect(await !pool.shutdown(grace: .milliseconds(50)))
        let failed = try await postgresError { try await waiting.value }
        #expect(failed.code == PostgresError.Code.poolClosed)
        let refused = try await postgresError { try await pool.withConnection { _ in } }
        #expect(refused.code == PostgresError.Code.poolClosed)
        gate.open()
        #expect(try await running.value == 7)
        #expect(await pool.shutdown())
    }

    @Test func metricsTellWhatHappens() async throws {
        let gate = Gate()
        let metrics = TestMetrics()
        var configuration = try await TestServer.shared().configuration(size: 1)
        configuration.poolName = "measured"
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger, metrics: metrics)
        let labels = [("pool", "measured")]
        let inUse = try metrics.expectMeter("scorecast_postgres_pool_in_use", labels)
        let waiting = try metrics.expectMeter("scorecast_postgres_pool_waiting", labels)
        let reconnects = try metrics.expectCounter("scorecast_postgres_reconnects_total", labels)
        let serverErrors = try metrics.expectCounter(
            "scorecast_postgres_query_errors_total", labels + [("kind", "server")])

        let holder = Task { try await pool.withConnection { _ in gate.pass() } }
        try await eventually("one body runs") { inUse.lastValue == 1 && gate.entered == 1 }
        let waiter = Task { try await pool.withConnection { _ in } }
        try await eventually("one body waits") { waiting.lastValue == 1 }
        gate.open()
        try await holder.value
        try await waiter.value
        #expect(inUse.lastValue == 0)
        #expect(waiting.lastValue == 0)

        _ = try? await pool.withConnection { try $0.query("SELECT 1 / 0") }
        #expect(serverErrors.totalValue == 1)
        #expect(reconnects.totalValue == 0)
        try await pool.withConnection { $0.close() }
        _ = try await pool.withConnection { $0.id }
        #expect(reconnects.totalValue == 1)
        await pool.shutdown()
    }
}
