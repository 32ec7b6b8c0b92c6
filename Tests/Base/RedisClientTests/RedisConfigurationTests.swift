import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

struct RedisConfigurationTests {
    @Test(
        arguments: [
            ("redis://localhost", "localhost", 6379, 0, nil, nil),
            ("redis://localhost/", "localhost", 6379, 0, nil, nil),
            ("REDIS://10.0.0.1:7000/15", "10.0.0.1", 7000, 15, nil, nil),
            ("redis://:secret@h:1/2", "h", 1, 2, nil, "secret"),
            ("redis://app:secret@h", "h", 6379, 0, "app", "secret"),
            ("redis://a%40b:p%2Fq%3A%25%C3%A9@h", "h", 6379, 0, "a@b", "p/q:%é"),
            ("redis://app:p@ss:word@h", "h", 6379, 0, "app", "p@ss:word"),
            ("redis://[::1]:6380/1", "::1", 6380, 1, nil, nil),
            ("redis://[fe80::1]", "fe80::1", 6379, 0, nil, nil),
            ("redis://@h", "h", 6379, 0, nil, nil),
        ] as [(String, String, Int, Int, String?, String?)])
    func good(url: String, host: String, port: Int, database: Int, username: String?, password: String?) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.host == host)
        #expect(configuration.port == port)
        #expect(configuration.database == database)
        #expect(configuration.username == username)
        #expect(configuration.password == password)
        #expect(!configuration.usesTLS)
        #expect(configuration.problems().isEmpty)
    }

    @Test("The scheme rediss asks for TLS")
    func tls() throws {
        #expect(try RedisConfiguration(url: "rediss://h").usesTLS)
    }

    @Test(arguments: [
        "", "redis", "localhost:6379", "redis:/h", "http://h", "redis+sentinel://h", "redis://", "redis:///1",
        "redis://:6379", "redis://h:", "redis://h:0", "redis://h:65536", "redis://h:+1", "redis://h:x", "redis://::1",
        "redis://h/x", "redis://h/-1", "redis://h/1/2", "redis://h?db=1", "redis://h#f", "redis://user@h",
        "redis://user:@h", "redis://:hunter2%@h", "redis://:hunter2%zz@h", "redis://:hunter2%ff@h", "redis://[::1",
        "redis://[::1]x", "redis://h h", "redis://:hunter2/x@h", "redis://:hunter2?x@h", "redis://:hunter2#x@h",
        "redis://:hunter2", "rediss://u:hunter2@h:hunter2", "hunter2://h", "redis://:hunter2@h/hunter2",
    ])
    func bad(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidURL)
        #expect(error.map { !"\($0)".contains("hunter2") } == true)
    }

    @Test func passwordIsNeverShown() throws {
        let configuration = try RedisConfiguration(url: "rediss://app:hunter2@[::1]:1/3")
        var dumped = ""
        dump(configuration, to: &dumped)
        let shown = [
            "\(configuration)", String(reflecting: configuration), dumped, "\(Optional(configuration) as Any)",
            "\([configuration])",
        ]
        for text in shown {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("rediss://app:***@[::1]:1/3"))
        }
    }

    @Test func allProblemsAtOnce() {
        var configuration = RedisConfiguration(host: "", port: 0, username: "u", database: -1, clientName: "a b")
        configuration.commandTimeout = .zero
        configuration.maxPending = 0
        configuration.maxReplyDepth = 9
        configuration.reconnectBase = .seconds(2)
        #expect(configuration.problems().count == 9)
        let error = #expect(throws: RedisError.self) {
            try RedisClient(configuration: configuration, eventLoopGroup: .singleton, logger: quietLogger)
        }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func missingAuthorityFile() {
        var configuration = RedisConfiguration(host: "h", usesTLS: true)
        configuration.caCertificateFile = "/nonexistent/ca.crt"
        let error = #expect(throws: RedisError.self) {
            try RedisClient(configuration: configuration, eventLoopGroup: .singleton, logger: quietLogger)
        }
        #expect(error?.code == .invalidConfiguration)
    }
}
