import Foundation
import PostgresClient
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The server dies, ends a session, or freezes. A test that stops a server has its own.
@Suite(.timeLimit(.minutes(2))) struct FailureTests {
    @Test func aTerminatedSessionFailsItsBodyAndIsReplaced() async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let (identity, pid) = try await pool.withConnection { ($0.id, $0.backendPID) }
            let error = try await postgresError {
                try await pool.withConnection { _ = try $0.query("SELECT pg_terminate_backend(pg_backend_pid())") }
            }
            #expect(error.kind == .connection)
            #expect(error.code == "57P01")
            #expect(error.effectUnknown && error.isTransient)
            let (nextIdentity, nextPID) = try await pool.withConnection { ($0.id, $0.backendPID) }
            #expect(nextIdentity != identity)
            #expect(nextPID != pid)
        }
    }

    @Test func aKilledSessionIsNoticedBeforeTheNextBody() async throws {
        let server = try await TestServer.shared()
        try await server.withPool(size: 1) { pool in
            let (identity, pid) = try await pool.withConnection { connection in
                try connection.query("SELECT pg_advisory_lock(4711)")
                return (connection.id, connection.backendPID)
            }
            try await server.withPool(size: 1) { other in
                try await other.withConnection {
                    _ = try $0.query("SELECT pg_terminate_backend($1)", [.int(Int64(pid))])
                }
                try await eventually("the session ends") {
                    try await other.withConnection { connection in
                        try connection.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [.int(Int64(pid))]).rows
                            .isEmpty
                    }
                }
            }
            // A body must not fail because its connection was dead before the body started. The new connection has a
            // new id.
            try await eventually("the pool notices") { try await pool.withConnection { $0.id } != identity }
        }
    }

    @Test func everyLaterCallOfTheBodyFailsToo() async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let kinds = try await pool.withConnection { connection in
                let calls: [() throws -> Void] = [
                    { try connection.query("SELECT pg_terminate_backend(pg_backend_pid())") },
                    { try connection.query("SELECT 1") },
                    { try connection.transaction { _ in } },
                    { try connection.script("SELECT 1") },
                    { try connection.copyIn("COPY x FROM STDIN", rows: [[1]]) },
                ]
                return calls.map { call -> PostgresError.Kind? in
                    do {
                        try call()
                        return nil
                    } catch {
                        return (error as? PostgresError)?.kind
                    }
                }
            }
            #expect(kinds == [.connection, .connection, .connection, .connection, .connection])
        }
    }

    @Test func aRestartedServerIsReachedAgain() async throws {
        try await TestServer.withPrivate { server in
            try await server.withPool(size: 2, { $0.acquireTimeout = .seconds(3) }) { pool in
                try await pool.withConnection { connection in
                    try connection.query("CREATE TABLE kept (id int)")
                    try connection.execute("INSERT INTO kept VALUES (1)")
                }
                let identity = try await pool.withConnection { $0.id }
                await server.kill()
                // A session outlives its killed server for a moment, and can take a query that it does not answer.
                try await eventually("the pool says that nobody listens") {
                    let away = try await postgresError {
                        try await pool.withConnection { _ = try $0.query("SELECT 1") }
                    }
                    #expect(away.kind == .connection)
                    return away.code == PostgresError.Code.connectFailed && away.detail?.contains("refused") == true
                }
                try await server.restart()
                try await eventually("the pool reaches the server again") {
                    (try? await pool.withConnection { try $0.query("SELECT id FROM kept").rows.count }) == 1
                }
                #expect(try await pool.withConnection { $0.id } != identity)
            }
        }
    }

    @Test func aCallAcrossARestartWaitsForTheServer() async throws {
        try await TestServer.withPrivate { server in
            try await server.withPool(size: 1) { pool in
                _ = try await pool.withConnection { $0.id }
                await server.kill()
                async let answer = pool.withConnection { try $0.query("SELECT 1 AS one").first?.int("one") }
                try await server.restart()
                #expect(try await answer == 1)
            }
        }
    }

    @Test func aFrozenSessionIsGivenUp() async throws {
        try await TestServer.shared().withPool(
            size: 1,
            {
                $0.statementTimeout = .milliseconds(200)
                $0.responseGrace = .milliseconds(200)
            }
        ) { pool in
            let (identity, pid) = try await pool.withConnection { ($0.id, $0.backendPID) }
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGCONT) }
            let start = ContinuousClock.now
            let error = try await postgresError { try await pool.withConnection { _ = try $0.query("SELECT 1") } }
            let took = ContinuousClock.now - start
            #expect(error.kind == .timeout)
            #expect(error.code == PostgresError.Code.responseTimeout)
            #expect(error.effectUnknown)
            #expect(took >= .milliseconds(400))
            #expect(took < .seconds(10))
            #expect(try await pool.withConnection { $0.id } != identity)
        }
    }

    @Test func aFrozenSessionIsGivenUpInTheMiddleOfCopy() async throws {
        let table = fresh("frozen")
        try await TestServer.shared().withPool(
            size: 1,
            {
                $0.statementTimeout = .seconds(2)
                $0.responseGrace = .milliseconds(200)
            }
        ) { pool in
            let pid = try await pool.withConnection { connection in
                try connection.query("CREATE TABLE \(table) (value text)")
                return connection.backendPID
            }
            defer { kill(pid, SIGCONT) }
            let line = String(repeating: "x", count: 10_000)
            let error = try await postgresError {
                try await pool.withConnection { connection in
                    // The rows are more than any socket buffer holds. The server freezes after the first row.
                    let rows = (0..<10_000).lazy.map { index -> [PostgresValue] in
                        if index == 1 { kill(pid, SIGSTOP) }
                        return [.text(line)]
                    }
                    try connection.copyIn("COPY \(table) FROM STDIN", rows: rows)
                }
            }
            #expect(error.kind == .timeout)
            #expect(error.code == PostgresError.Code.responseTimeout)
        }
    }

    @Test func anUnansweredCommitHasAnUnknownOutcome() async throws {
        let table = fresh("unanswered")
        try await TestServer.shared().withPool(
            size: 1,
            {
                $0.statementTimeout = .seconds(2)
                $0.responseGrace = .milliseconds(200)
            }
        ) { pool in
            let pid = try await pool.withConnection { connection in
                try connection.query("CREATE TABLE \(table) (id int)")
                return connection.backendPID
            }
            let error = try await postgresError {
                try await pool.transaction { connection in
                    try connection.execute("INSERT INTO \(table) VALUES (1)")
                    kill(pid, SIGSTOP)
                }
            }
            kill(pid, SIGCONT)
            #expect(error.kind == .unknownOutcome)
            #expect(error.effectUnknown && !error.isTransient)
            // In this test the transaction took effect: the server had received COMMIT.
            try await eventually("the frozen session commits when it thaws") {
                try await pool.withConnection { try $0.query("SELECT 1 FROM \(table)").rows.count } == 1
            }
        }
    }

    @Test func aFrozenServerCannotHoldUpConnecting() async throws {
        try await TestServer.withPrivate { server in
            let pid = try await server.postmasterPID()
            try await server.withPool(
                size: 1,
                {
                    $0.connectTimeout = .milliseconds(200)
                    $0.acquireTimeout = .seconds(3)
                }
            ) { pool in
                kill(pid, SIGSTOP)
                let start = ContinuousClock.now
                let error = try await postgresError { try await pool.withConnection { $0.id } }
                #expect(error.kind == .connection)
                #expect(error.detail?.contains("no answer within") == true)
                #expect(ContinuousClock.now - start < .seconds(10))
                kill(pid, SIGCONT)
                try await eventually("the pool connects when the server thaws") {
                    (try? await pool.withConnection { $0.id }) != nil
                }
            }
        }
    }

    @Test func aWrongPasswordIsSaidAndNotShown() async throws {
        let server = try await TestServer.shared()
        var configuration = PostgresConfiguration(url: server.url(password: "hunter2-wrong"))
        configuration.acquireTimeout = .seconds(3)
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
        let error = try await postgresError { try await pool.withConnection { $0.id } }
        await pool.shutdown()
        #expect(error.kind == .connection)
        #expect(error.detail?.contains("password authentication failed") == true)
        #expect(!String(describing: error).contains("hunter2"))
    }
}
