import Basics
import Gateway
import Logging
import Node
import NodeTestSupport
import Settings
import TestSupport
import Testing

@Suite("Loading the configuration")
struct ConfigurationLoadTests {
    @Test("without variables every setting has its default and says so")
    func defaults() async throws {
        let configuration = try await NodeConfiguration.load(
            .node, environment: ["PATH": "/bin", "SCORECAST_ACK": ""])
        #expect(configuration.effectiveSettings.allSatisfy { $0.origin.source == .default })
        #expect(
            configuration.effectiveSettings.map(\.value)
                == NodeConfiguration(catalogue: .node).effectiveSettings.map(\.value))
        #expect(configuration.httpPort == 8080 && configuration.partitions == 16 && configuration.threads == nil)
        #expect(configuration.rateLimit == RateLimit(count: 10, period: .seconds(60)))
    }

    @Test("one error names every problem of every kind, each key once, with an example, and no secret")
    func allAtOnce() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("c.yaml", "partitions: 99\nhttp_prt: 1\npostgres_url: mysql://u:sesame@h/d\n")
        let found = await problems(
            [
                "SCORECAST_CONFIG": file,
                "SCORECAST_HTTP_PORT": "eighty",
                "SCORECAST_ACK": "never",
                "SCORECAST_JWT_SECRET": "sesame",
                "SCORECAST_ACTION_KEYS": "k1:sesame!",
                "SCORECAST_FANOUT_INTERVALL": "50ms",
            ], roles: .all)
        #expect(
            found.map(\.key) == [
                "SCORECAST_HTTP_PORT", "SCORECAST_POSTGRES_URL", "SCORECAST_PARTITIONS", "SCORECAST_ACTION_KEYS",
                "SCORECAST_ACK", "SCORECAST_JWT_SECRET", "SCORECAST_REDIS_URL", "SCORECAST_FANOUT_INTERVALL",
                "http_prt",
            ])
        let message = ConfigurationError(problems: found).description
        #expect(message.hasPrefix("The configuration has 9 problems:\n"))
        let port = #"  SCORECAST_HTTP_PORT: "eighty" is not a whole number from 0 to 65535; example: 8080"#
        #expect(message.contains(port + "\n"))
        #expect(
            message.contains("SCORECAST_PARTITIONS (partitions in the file): \"99\" is not a whole number from 1 to 64")
        )
        #expect(
            message.contains(
                "SCORECAST_FANOUT_INTERVALL: is not a known setting; did you mean SCORECAST_FANOUT_INTERVAL?"))
        #expect(message.contains("http_prt (http_prt in the file): is not a known setting; did you mean http_port?"))
        #expect(!message.contains("sesame"))
        #expect(message.split(separator: "\n").count == 10)
    }

    @Test(
        "unknown variables are reported with the most similar known one",
        arguments: [
            ("SCORECAST_HTTP_PROT", "SCORECAST_HTTP_PORT"), ("SCORECAST_PORT", "SCORECAST_HTTP_PORT"),
            ("SCORECAST_JWT_SECRET_FIL", "SCORECAST_JWT_SECRET_FILE"), ("SCORECAST_LOGLEVEL", "SCORECAST_LOG_LEVEL"),
            ("SCORECAST_ORIGINS", "SCORECAST_ALLOWED_ORIGINS"), ("SCORECAST_CONFG", "SCORECAST_CONFIG"),
            ("SCORECAST_ZEBRA_CROSSING", nil), ("SCORECAST_", nil),
        ])
    func unknownVariable(_ name: String, _ nearest: String?) async {
        let found = await problems([name: "sesame"])
        let question = nearest.map { "; did you mean \($0)?" } ?? ""
        #expect(found.map(\.description) == ["\(name): is not a known setting\(question)"])
    }

    @Test("variables of service links, of other programs and without our prefix are ignored")
    func foreignVariables() async throws {
        _ = try await NodeConfiguration.load(
            environment: [
                "SCORECAST_SERVICE_HOST": "10.0.0.1", "SCORECAST_SERVICE_PORT": "80",
                "SCORECAST_SERVICE_PORT_HTTP": "80",
                "SCORECAST_PORT": "tcp://10.0.0.1:80", "SCORECAST_PORT_80_TCP": "tcp://10.0.0.1:80",
                "SCORECAST_REDIS_PORT_6379_TCP_ADDR": "10.0.0.2", "SCORECAST_TEST_HOOK": "1", "SCORECASTER": "1",
            ],
            ignoring: ["SCORECAST_TEST_HOOK"])
    }

    @Test("a YAML file gives values under short and full names, lists as sequences; the environment takes precedence")
    func yaml() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "scorecast.yaml",
            """
            # a comment
            http_port: 8081
            SCORECAST_PARTITIONS: 8
            rate_limit: off
            fanout_interval: 0
            jwt_issuer: ~
            jwt_audience:
            allowed_origins: [https://a.example, "https://b.example"]
            trusted_proxies:
              - 10.0.0.0/8
            redis_url: "\(Fixture.redisURL)"
            log_level: debug

            """)
        let configuration = try await NodeConfiguration.load(
            .node, environment: ["SCORECAST_CONFIG": file, "SCORECAST_LOG_LEVEL": "error"])
        #expect(configuration.httpPort == 8081 && configuration.partitions == 8)
        #expect(configuration.rateLimit == nil)
        #expect(configuration[GatewaySettings.self].fanoutInterval == .zero)
        #expect(configuration.jwtIssuer == nil && configuration.jwtAudience == nil)
        #expect(configuration.allowedOrigins == ["https://a.example", "https://b.example"])
        #expect(configuration.trustedProxies == [AddressBlock("10.0.0.0/8")])
        #expect(configuration.redisURL?.reveal() == Fixture.redisURL)
        #expect(configuration.logLevel == .error)
        #expect(
            configuration.effective("SCORECAST_HTTP_PORT")?.origin == SettingOrigin(source: .file, key: "http_port"))
        let full = SettingOrigin(source: .file, key: "SCORECAST_PARTITIONS")
        #expect(configuration.effective("SCORECAST_PARTITIONS")?.origin == full)
        #expect(configuration.effective("SCORECAST_LOG_LEVEL")?.origin.source == .environment)
        #expect(configuration.effective("SCORECAST_JWT_ISSUER")?.origin.source == .default)
    }

    @Test(
        "an unusable file is a problem, and the message shows none of its lines",
        arguments: [
            ("- sesame\n", "is not one YAML mapping"), ("", "is not one YAML mapping"),
            ("jwt_secret: sesame\njwt_secret: sesame\n", "is not one YAML mapping"),
            ("jwt_secret: \"sesame\n", "is not YAML at line"), ("a: [sesame: {\n", "is not YAML at line"),
        ])
    func unusableFile(_ text: String, _ reason: String) async throws {
        let folder = try TemporaryFolder()
        let found = await problems(["SCORECAST_CONFIG": try folder.file("c.yaml", text)], roles: .all)
        #expect(found.map(\.key) == ["SCORECAST_CONFIG"])
        #expect(found.first?.reason.contains(reason) == true)
        #expect(!ConfigurationError(problems: found).description.contains("sesame"))
    }

    @Test("a file that is missing, is a folder or is too large is a problem")
    func unreadableFile() async throws {
        let folder = try TemporaryFolder()
        let large = try folder.file("large.yaml", "jwt_issuer: " + String(repeating: "x", count: 1 << 20))
        for (path, reason) in [
            (folder.path("none.yaml"), "can't be opened"), (folder.path("."), "is not a regular file"),
            (large, "holds more than"),
        ] {
            let found = await problems(["SCORECAST_CONFIG": path])
            #expect(found.map(\.key) == ["SCORECAST_CONFIG"])
            #expect(found.first?.reason.contains(reason) == true)
        }
    }

    @Test("keys that are not allowed in a file are reported")
    func wrongKeys() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "c.yaml",
            """
            http:
              port: 1
            http_port: 1
            SCORECAST_HTTP_PORT: 2
            config: other.yaml
            partitions: [1, 2]
            redis-url: redis://:sesame@h

            """)
        let found = await problems(["SCORECAST_CONFIG": file])
        #expect(
            Set(found.map(\.description)) == [
                "SCORECAST_PARTITIONS (partitions in the file): is a YAML sequence where one value is wanted; "
                    + "example: 16",
                "http.port (http.port in the file): is not a known setting; did you mean http_port?",
                "redis-url (redis-url in the file): is not a known setting; did you mean redis_url?",
                "SCORECAST_HTTP_PORT (SCORECAST_HTTP_PORT in the file): is given twice, also as http_port",
                "SCORECAST_CONFIG (config in the file): can only be set in the environment",
            ])
    }
}
