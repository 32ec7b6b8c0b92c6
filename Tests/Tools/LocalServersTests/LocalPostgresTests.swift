import Foundation
import LocalServers
import TestSupport
import Testing

@Suite("A private Postgres")
struct LocalPostgresTests {
    @Test("makes a UTF-8 cluster with a password, its database, and keeps both over a new start")
    func password() async throws {
        let folder = try makeTestFolder()
        var first: LocalPostgres? = try await LocalPostgres.start(Self.settings(folder))
        let password = try #require(first?.password)
        try await first?.run("CREATE TABLE t (a int); INSERT INTO t VALUES (42)")
        #expect(try await first?.run("SHOW server_encoding") == "UTF8")
        await first?.stop()
        first = nil

        let again = try await LocalPostgres.start(Self.settings(folder))
        #expect(again.password == password)
        #expect(again.url == "postgres://scorecast:\(password)@127.0.0.1:\(again.port)/scorecast")
        #expect(try await again.run("SELECT a FROM t") == "42")
        await again.stop()
    }

    @Test("lets nobody in without the password, which only the owner can read")
    func authentication() async throws {
        let folder = try makeTestFolder()
        let postgres = try await LocalPostgres.start(Self.settings(folder))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/password")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try await postgres.run("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'") == "0")
        let hba = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'scram-sha-256'"
        #expect(try await postgres.run(hba) != "0")
        await postgres.stop()
    }

    @Test("keeps what was committed when it is killed, and starts again at once with clients still there")
    func killed() async throws {
        try await withPrivatePostgres { postgres in
            try await postgres.run("CREATE TABLE t (a int)")
            for number in 1...20 { try await postgres.run("INSERT INTO t VALUES (\(number))") }
            let client = Task { try await postgres.run("SELECT pg_sleep(60)") }
            try await eventually("a client sleeps in the server") {
                let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
                return try await postgres.run(sleeping) == "1"
            }
            let first = await postgres.pid
            await postgres.kill()
            #expect(await !postgres.isRunning)
            await #expect(throws: LocalServerError.self) { try await client.value }
            try await postgres.restart()
            #expect(await postgres.pid != first)
            #expect(try await postgres.run("SELECT count(*) FROM t") == "20")
        }
    }

    @Test("stops at once although clients are connected")
    func fastStop() async throws {
        try await withPrivatePostgres { postgres in
            let client = Task { try await postgres.run("SELECT pg_sleep(60)") }
            try await eventually("a client sleeps in the server") {
                let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
                return try await postgres.run(sleeping) == "1"
            }
            let start = ContinuousClock.now
            await postgres.stop()
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(Files.tail(postgres.logPath).contains("database system is shut down"))
            await #expect(throws: LocalServerError.self) { try await client.value }
        }
    }

    @Test("stops a server that an earlier run left in the folder, and reads its data")
    func leftover() async throws {
        let folder = try makeTestFolder()
        let left = try await abandonedPostgres(in: folder)
        let postgres = try await LocalPostgres.start(Self.settings(folder))
        #expect(await postgres.pid != left)
        #expect(kill(left, 0) != 0 || isZombie(left))
        #expect(try await postgres.run("SELECT a FROM t") == "7")
        await postgres.stop()
    }

    @Test("runs as another user when root starts it, with its own process id")
    func unprivileged() async throws {
        try await withPrivatePostgres { postgres in
            let pid = try #require(await postgres.pid)
            let data = try await postgres.run("SHOW data_directory")
            #expect(Files.tail(data + "/postmaster.pid", lines: 99).hasPrefix("\(pid)\n"))
            let owner = try FileManager.default.attributesOfItem(atPath: data)[.ownerAccountName] as? String
            #expect(owner == (geteuid() == 0 ? "postgres" : NSUserName()))
        }
    }

    @Test("works below a folder that is closed to the user it runs as")
    func closedParent() async throws {
        let closed = try makeTestFolder("closed")
        #expect(chmod(closed, 0o700) == 0)
        let postgres = try await LocalPostgres.start(Self.settings(closed + "/a/b"))
        #expect(try await postgres.run("SELECT 1") == "1")
        await postgres.stop()
        var status = stat()
        #expect(stat(closed, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test("makes the cluster again if the first attempt was cut off")
    func cutOff() async throws {
        let folder = try makeTestFolder()
        try Files.makeFolder(folder + "/data.new/base")
        let postgres = try await LocalPostgres.start(Self.settings(folder))
        #expect(try await postgres.run("SELECT 1") == "1")
        await postgres.stop()
    }

    @Test("says which package to install when Postgres is not there")
    func missing() async throws {
        var settings = Self.settings(try makeTestFolder())
        settings.search = ExecutableSearch(folders: ["/nonexistent"])
        let error = await #expect(throws: LocalServerError.self) { try await LocalPostgres.start(settings) }
        let message = try #require(error?.description)
        #expect(message.contains("postgres is not installed"))
        #expect(message.contains("apt-get install postgresql") || message.contains("brew install postgresql"))
    }

    @Test("shows the end of its log when it does not start")
    func failedStart() async throws {
        let error = await #expect(throws: LocalServerError.self) {
            try await TestServers.postgres(parameters: ["shared_buffers": "much"])
        }
        #expect(error?.description.contains("invalid value for parameter \"shared_buffers\"") == true)
    }

    @Test("refuses names of databases that would have to be quoted", arguments: ["", "A", "a b", "a;b", "a\"b", "ä"])
    func names(_ name: String) async throws {
        var settings = Self.settings(try makeTestFolder())
        settings.database = name
        await #expect(throws: LocalServerError.self) { try await LocalPostgres.start(settings) }
    }

    private static func settings(_ folder: String) -> LocalPostgres.Settings {
        var settings = LocalPostgres.Settings(folder: folder)
        settings.fsync = false
        return settings
    }

    /// Starts a Postgres, writes to it, and releases it without a stop, as in a crash.
    private func abandonedPostgres(in folder: String) async throws -> Int32 {
        let postgres = try await LocalPostgres.start(Self.settings(folder))
        try await postgres.run("CREATE TABLE t (a int); INSERT INTO t VALUES (7)")
        return try #require(await postgres.pid)
    }
}
