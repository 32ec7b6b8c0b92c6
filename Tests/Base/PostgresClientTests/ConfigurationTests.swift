import PostgresClient
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    private let secret = "s3cr3t-hunter2"

    @Test func thePasswordIsNeverShown() throws {
        let url = "postgresql://me:\(secret)@db.example:5433/scores?sslmode=require&sslpassword=\(secret)"
        let configuration = PostgresConfiguration(url: url)
        #expect(configuration.validate().isEmpty)
        var dumped = ""
        dump(configuration, to: &dumped)
        let holder = (name: "settings", value: configuration)
        for text in ["\(configuration)", String(reflecting: configuration), dumped, "\(holder)", "\([configuration])"] {
            #expect(!text.contains(secret))
        }
        #expect("\(configuration)".contains("host=db.example port=5433 dbname=scores user=me sslmode=require"))
    }

    @Test(arguments: [
        "", "mysql://u:s3cr3t-hunter2@h/db", "host=h password=s3cr3t-hunter2", "postgresql://u:s3cr3t-hunter2%zz@h/db",
        "postgresql://u:s3cr3t-hunter2@[::1/db", "postgresql://u:s3cr3t-hunter2@h/db?nonsense=1",
        "postgresql://u@h/db?password", "postgresql://u@h/db?password=s3cr3t-hunter2=%00",
        "postgresql://u:\"=\"s3cr3t-hunter2%@h/db", "postgresql://u:s3cr3t-hunter2@h\0/db",
    ])
    func unusableURLsAreExplainedWithoutTheirSecret(url: String) throws {
        let problems = PostgresConfiguration(url: url).validate()
        #expect(problems.count == 1)
        #expect(problems.first?.contains("expected postgresql://user:password@host:5432/database") == true)
        #expect(problems.first?.contains(secret) == false)
        let error = try #require(
            #expect(throws: PostgresError.self) {
                try PostgresPool(configuration: .init(url: url), logger: quietLogger)
            })
        #expect(error.kind == .misuse)
        #expect(error.code == PostgresError.Code.badConfiguration)
        #expect(!"\(error)".contains(secret))
        #expect(!"\(PostgresConfiguration(url: url))".contains(secret))
    }

    @Test func allProblemsAreSaidAtOnce() {
        var configuration = PostgresConfiguration(url: "nonsense")
        configuration.poolSize = 0
        configuration.maxWaiting = 0
        configuration.acquireTimeout = .zero
        configuration.statementTimeout = .seconds(1_000_000)
        #expect(configuration.validate().count == 5)
    }

    @Test func theSessionIsSetUp() async throws {
        let server = try await TestServer.shared()
        var configuration = PostgresConfiguration(url: server.url() + "?options=-c%20search_path%3Dpg_temp")
        configuration.statementTimeout = .milliseconds(1234)
        configuration.idleInTransactionTimeout = .milliseconds(4321)
        configuration.acquireTimeout = .seconds(20)
        configuration.applicationName = "it's a test"
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
        let names = [
            "statement_timeout", "idle_in_transaction_session_timeout", "application_name", "search_path",
            "client_encoding",
        ]
        let shown = try await pool.withConnection { connection in
            try names.map { try #require(try connection.query("SHOW \($0)").first).string(0) }
        }
        await pool.shutdown()
        #expect(shown == ["1234ms", "4321ms", "it's a test", "pg_temp", "UTF8"])
    }
}
