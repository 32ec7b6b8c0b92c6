import Foundation
import LocalServers
import TestSupport
import Testing

@Suite("The base of the other tests")
struct TestSupportTests {
    @Test("each test has a Redis database and a prefix of its own, on one server")
    func redis() async throws {
        try await withRedis { first in
            try await withRedis { second in
                #expect(first.server === second.server)
                #expect(first.database != second.database)
                #expect(first.prefix != second.prefix)
                #expect(second.url == "redis://127.0.0.1:\(second.port)/\(second.database)")
            }
        }
    }

    @Test("each test has a Postgres database of its own, on one server, which goes with the test")
    func postgres() async throws {
        let (server, name) = try await withPostgres { first in
            try await first.run("CREATE TABLE only_here (a int)")
            try await withPostgres { second async throws in
                #expect(first.server === second.server)
                #expect(try await second.run("SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'") == "0")
            }
            return (first.server, first.database)
        }
        let left = "SELECT count(*) FROM pg_database WHERE datname = '\(name)'"
        #expect(try await server.run(left, database: "postgres") == "0")
    }

    @Test("the watchdog stops what a killed test process has started, and removes its folder")
    func watchdog() async throws {
        let root = try makeTestFolder("watched")
        let child = try ChildProcess.spawn(.init("/bin/sleep", ["600"]), output: try Files.openNameless())
        try Files.makeFolder(root + "/server")
        try "\(child.pid)\n".write(toFile: root + "/server/server.pid", atomically: true, encoding: .utf8)
        let holder = try startWatched(root)
        #expect(child.isRunning)
        holder.signal(SIGKILL)
        #expect(await child.wait(.seconds(20)) == .signal(SIGINT))
        try await eventually("the folder is gone") { !Files.exists(root) }
    }

    /// A process in place of the test process: the watchdog waits until it ends.
    private func startWatched(_ root: String) throws -> ChildProcess {
        let lifeline = try Watchdog.start(over: root)
        let output = try Files.openNameless()
        return try ChildProcess.spawn(.init("/bin/sleep", ["600"]), output: output, held: lifeline)
    }

    @Test("eventually gives up with the last error")
    func eventuallyFails() async throws {
        let error = await #expect(throws: NotInTime.self) {
            try await eventually("the impossible", timeout: .milliseconds(50)) {
                throw LocalServerError.invalid("not today")
            }
        }
        #expect(error?.description.contains("the impossible did not come true") == true)
        #expect(error?.description.contains("not today") == true)
    }

    @Test("eventually ends as soon as the condition holds")
    func eventuallySucceeds() async throws {
        var asked = 0
        try await eventually(every: .milliseconds(1)) {
            asked += 1
            return asked == 3
        }
        #expect(asked == 3)
    }
}
