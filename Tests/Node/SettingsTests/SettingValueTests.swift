import Basics
import Logging
import Node
import NodeTestSupport
import Settings
import Signing
import Testing

@Suite("The values of each variable")
struct SettingValueTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        /// The value as the listing shows it; nil if it is refused.
        let shown: String?

        var testDescription: String { "\(name)=\(text)" }
    }

    private static func samples(
        _ name: String, good: [(text: String, shown: String)], bad: [String]
    ) -> [Sample] {
        good.map { Sample(name: "SCORECAST_" + name, text: $0.text, shown: $0.shown) }
            + bad.map { Sample(name: "SCORECAST_" + name, text: $0, shown: nil) }
    }

    static let listener =
        samples(
            "HTTP_HOST", good: [("0.0.0.0", "0.0.0.0"), ("::1", "::1"), ("a-b.example", "a-b.example")],
            bad: ["a b", "http://a", "a/b", "ä"])
        + samples(
            "HTTP_PORT", good: [("0", "0"), ("65535", "65535"), (" 80 ", "80")],
            bad: ["65536", "-1", "+1", "eighty", "8080.0", "99999999999999999999"])
        + samples("OPERATIONS_PORT", good: [("1", "1"), ("9090", "9090")], bad: ["0", "65536", "off"])
        + samples("OPERATIONS_HOST", good: [("0.0.0.0", "0.0.0.0"), ("::1", "::1")], bad: ["a b", "http://a"])
        + samples("THREADS", good: [("1", "1"), ("1024", "1024")], bad: ["0", "1025", "all"])
        + samples(
            "ALLOWED_ORIGINS",
            good: [
                ("https://A.example, http://localhost:3000", "https://a.example,http://localhost:3000"), ("*", "*"),
                ("https://[::1]:8443,", "https://[::1]:8443"),
                (
                    "capacitor://localhost,ionic://localhost,tauri://localhost",
                    "capacitor://localhost,ionic://localhost,tauri://localhost"
                ),
                ("chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"),
                ("web+game.a-1://x", "web+game.a-1://x"),
                // Browsers leave out the default port of the scheme.
                ("https://a:443,http://b:80,http://c:443", "https://a,http://b,http://c:443"),
            ],
            bad: [
                "a.example", "https://a.example/", "https://a.example:0", "ftp://a", "https://", "*,https://a",
                "https://u@a", "null", "NULL", "https://a,null", "wss://a", "file://a", "data://a", "1a://b", "://a",
                "capacitor://localhost/", "capacitor://", "a b://c", "tauri://*",
            ])
        + samples(
            "TRUSTED_PROXIES",
            good: [
                ("10.0.0.0/8,192.168.1.7", "10.0.0.0/8,192.168.1.7/32"), ("fd00::/8", "fd00::/8"),
                ("0.0.0.0/0", "0.0.0.0/0"),
            ],
            bad: ["10.1.2.3/8", "10.0.0.0/33", "proxy", "10.0.0.0/", "10.0.0/8", "fd00::/129"])

    static let stores =
        samples(
            "REDIS_PREFIX",
            good: [
                ("game1:", "game1:"), (" a ", "a"), ("Off", "off"), ("off:", "off:"), ("A-z_0.9:", "A-z_0.9:"),
                (String(repeating: "x", count: 64), String(repeating: "x", count: 64)),
            ],
            bad: ["{x}", "a*", "a b", "é", "a{", "a?", "[a]", "a\\", String(repeating: "x", count: 65)])
        + samples("REDIS_TIMEOUT", good: [("2s", "2s"), ("10ms", "10ms")], bad: ["9ms", "61s", "2", "2 s", "0"])
        + samples("POSTGRES_POOL", good: [("1", "1"), ("128", "128")], bad: ["0", "129"])
        + samples("PARTITIONS", good: [("1", "1"), ("64", "64")], bad: ["0", "65", "sixteen"])
        + samples(
            "REDIS_URL", good: [("rediss://h:1", "<redacted>"), ("REDIS://h", "<redacted>")],
            bad: ["http://h", "redis://", "h:6379", "redis://a b"])
        + samples(
            "POSTGRES_URL", good: [("postgres://h/d", "<redacted>"), ("postgresql:///d?host=/tmp", "<redacted>")],
            bad: ["mysql://h", "host=h dbname=d"])

    static let tokens =
        samples("JWT_SECRET", good: [(Fixture.jwtSecret, "<redacted>")], bad: ["0123456789abcdef0123456789abcde"])
        + samples(
            "JWT_JWKS", good: [("https://id.example:8443/jwks", "https://id.example:8443/jwks")],
            bad: ["http://id.example/jwks", "https://user:sesame@id.example/jwks", "https://", "/no/such/file"])
        + samples("JWT_ISSUER", good: [("https://id.example/", "https://id.example/")], bad: ["a\u{1}b"])
        + samples("JWT_AUDIENCE", good: [("scorecast", "scorecast")], bad: ["a\nb"])
        + samples(
            "JWT_NAME", good: [("firebase", "firebase"), ("my-idp-2", "my-idp-2")],
            bad: ["Firebase", "a_b", "a:b", "key", "é", "abcdefghijklmnopq"])
        + samples("TOKEN_ISSUER", good: [("https://game.example/", "https://game.example/")], bad: ["a\u{1}b"])
        + samples(
            "TOKEN_KEYS",
            good: [
                ("t1:\(TokenKeys.ed25519)", "<redacted>"),
                ("t_2-:\(TokenKeys.p256), t1:\(TokenKeys.ed25519Public)", "<redacted>"),
                ("t1:\(TokenKeys.ed25519.replacing("/", with: "_"))", "<redacted>"),
                ("t1:\(TokenKeys.p256Public.replacing("=", with: ""))", "<redacted>"),
            ],
            bad: [
                TokenKeys.ed25519, "t1:", "t1:not base64", "t 1:\(TokenKeys.ed25519)", ":\(TokenKeys.ed25519)",
                "t1:\(Fixture.actionKey)", "t1:\(TokenKeys.ed25519),", "t1:\(TokenKeys.ed25519.dropLast(4))",
                "t1:\(TokenKeys.ed25519),t1:\(TokenKeys.p256)",
            ])
        + samples(
            "ACTION_KEYS",
            good: [("k1:\(Fixture.actionKey), k_2-:\(Fixture.actionKey)", "<redacted>")],
            bad: [
                Fixture.actionKey, "k1:not base64", "k1:", "k 1:\(Fixture.actionKey)", "k1:MDEyMzQ1Njc4OWFiY2Rl",
                "k1:\(Fixture.actionKey),k1:\(Fixture.actionKey)", "k1:\(Fixture.actionKey),",
            ])
        + samples("ACTION_MAX_AGE", good: [("600s", "10m"), ("24h", "24h")], bad: ["0", "25h", "10min"])
        + samples("ACTION_SKEW", good: [("0", "0"), ("90s", "90s")], bad: ["61m", "-1s"])

    static let behaviour =
        samples(
            "RATE_LIMIT", good: [("10/60s", "10/1m"), ("OFF", "off"), ("1000000/24h", "1000000/24h")],
            bad: ["10", "0/60s", "10/500ms", "10/60", "10/1m/1", "1000001/1s", "on"])
        + samples("ADDRESS_RATE_LIMIT", good: [("100000/1s", "100000/1s"), ("off", "off")], bad: ["100", "x/1s"])
        + samples(
            "VELOCITY_LIMIT", good: [("1000/60s", "1000/1m"), ("off", "off")], bad: ["1000", "0/60s", "fast"])
        + samples(
            "LEDGER_RETENTION", good: [("30d", "30d"), ("9600h", "400d"), ("36500d", "36500d"), ("Off", "off")],
            bad: ["29d", "719h", "36501d", "0", "400", "1y"])
        + samples("ACK", good: [("persisted", "persisted"), ("Applied", "applied")], bad: ["never"])
        + samples("HEAL", good: [("manual", "manual"), ("Automatic", "automatic")], bad: ["off", "yes"])
        + samples("AUDIT_SCHEDULE", good: [("30 4 * * *", "30 4 * * *")], bad: ["hourly", "60 * * * *", "0 0 31 2 *"])
        + samples(
            "OUTBOX_MAX_BYTES", good: [("1048576", "1048576"), ("1073741824", "1073741824")],
            bad: ["1048575", "1GiB", "off", "-1"])
        + samples(
            "FANOUT_INTERVAL", good: [("0", "0"), ("0ms", "0"), ("1500ms", "1500ms"), ("2000ms", "2s")],
            bad: ["61s", "50", "1.5s", "ms", "9223372036854775807h", "٣s"])
        + samples("SHUTDOWN_TIMEOUT", good: [("1h", "1h"), ("100ms", "100ms")], bad: ["99ms", "2h"])
        + samples("LOG_LEVEL", good: [("TRACE", "trace"), ("critical", "critical")], bad: ["warn", "verbose"])
        + samples("LOG_FORMAT", good: [("text", "text"), ("JSON", "json")], bad: ["xml"])

    static let gateway =
        samples("GATEWAY_CONNECTIONS", good: [("1", "1"), ("15000", "15000")], bad: ["0", "off", "10000001"])
        + samples("GATEWAY_ADDRESS_CONNECTIONS", good: [("1", "1"), ("OFF", "off")], bad: ["0", "none", "-1"])
        + samples("GATEWAY_JOIN_RATE", good: [("500/1s", "500/1s"), ("off", "off")], bad: ["500", "0/1s"])
        + samples("GATEWAY_JOIN_WAIT", good: [("0", "0"), ("30s", "30s")], bad: ["31s", "5"])
        + samples("GATEWAY_ADDRESS_JOIN_RATE", good: [("10/60s", "10/1m"), ("off", "off")], bad: ["10", "1/1ms"])
        + samples("GATEWAY_ROOMS", good: [("1", "1"), ("1000", "1000")], bad: ["0", "1001"])
        + samples("GATEWAY_MESSAGE_RATE", good: [("200000/1s", "200000/1s"), ("off", "off")], bad: ["200000", "1/0s"])
        + samples("GATEWAY_ADDRESS_MESSAGE_RATE", good: [("500/1s", "500/1s"), ("off", "off")], bad: ["500"])
        + samples(
            "GATEWAY_CONNECTION_MESSAGES", good: [("1", "1"), ("100000", "100000")], bad: ["0", "off", "100001"])
        + samples("GATEWAY_MESSAGE_BYTES", good: [("125", "125"), ("16384", "16384")], bad: ["124", "16385", "16k"])
        + samples("GATEWAY_MESSAGE_FRAMES", good: [("1", "1"), ("10000", "10000")], bad: ["0", "10001"])
        + samples("GATEWAY_COMPRESSION", good: [("On", "on"), ("off", "off")], bad: ["true", "deflate"])
        + samples("GATEWAY_HISTORY", good: [("0", "0"), ("1000", "1000")], bad: ["1001", "off"])
        + samples("GATEWAY_LINGER", good: [("0", "0"), ("1h", "1h")], bad: ["61m"])
        + samples("GATEWAY_COMPARISON", good: [("100ms", "100ms"), ("1m", "1m")], bad: ["0", "61s"])
        + samples("GATEWAY_PING", good: [("1s", "1s"), ("45s", "45s")], bad: ["0", "46s"])
        + samples("GATEWAY_SILENCE", good: [("31s", "31s"), ("1h", "1h")], bad: ["30s", "2s", "61m"])
        + samples("GATEWAY_HEARTBEAT", good: [("1s", "1s"), ("45s", "45s")], bad: ["0", "46s"])
        + samples("GATEWAY_CLOSE_WAIT", good: [("100ms", "100ms"), ("45s", "45s")], bad: ["0", "46s"])
        + samples("GATEWAY_DRAIN_SPREAD", good: [("0", "0"), ("1m", "1m")], bad: ["61m", "5"])
        + samples("GATEWAY_DRAIN_PACE", good: [("100ms", "100ms"), ("1h", "1h")], bad: ["0", "99ms"])

    static let mail =
        samples(
            "MAIL_URL",
            good: [
                ("smtps://u:p%40@mail.example.com:465/", "<redacted>"), ("smtp://10.0.0.5?tls=off", "<redacted>"),
                ("SMTP://[::1]:2525?tls=on&ca=/etc/ca.pem", "<redacted>"),
            ],
            bad: [
                "http://h", "smtp://", "smtp://u:sesame@h?tls=off", "smtp://h/path", "smtp://sesame@h", "log", "LOG:x",
            ])
        + samples(
            "MAIL_FROM", good: [("a@b.example", "a@b.example"), ("The Game <a@b.example>", "The Game <a@b.example>")],
            bad: ["a", "a@b", "x\r\ny <a@b.example>", "a@b.example, c@d.example", "<a@b.example>"])
        + samples(
            "PUBLIC_URL", good: [("https://g.example/play/", "https://g.example/play/"), ("http://h:1", "http://h:1")],
            bad: ["g.example", "ftp://g", "https://g?x=1", "https://g#x", "https://u@g", "https://g/\"x", "https://"])
        + samples(
            "ENVIRONMENT", good: [("Development", "development"), ("production", "production")],
            bad: ["staging", "dev"])
        + samples("JOB_SETTABLE_BY", good: [("self", "self"), ("Admin", "admin")], bad: ["player", "nobody"])

    static let play =
        samples(
            "PLAY_BOARD", good: [("weekly_2-a", "weekly_2-a")], bad: ["a b", "ä", String(repeating: "x", count: 65)])
        + samples(
            "AI_URL", good: [("https://ai.example/v1", "https://ai.example/v1"), ("http://h:1", "http://h:1")],
            bad: ["ai.example", "ftp://ai", "https://ai?x=1", "https://u@ai", "https://"])
        + samples("AI_TOKEN", good: [("sk-1", "<redacted>")], bad: ["a b", "a\r\nb", "ä"])

    /// What a setting cannot be without.
    private static let companions = ["SCORECAST_MAIL_URL": ["SCORECAST_MAIL_FROM": "a@b.example"]]

    @Test(
        "valid values are accepted, others reported",
        arguments: listener + stores + tokens + behaviour + gateway + mail + play
    )
    func value(_ sample: Sample) async throws {
        let environment = (Self.companions[sample.name] ?? [:]).merging([sample.name: sample.text]) { $1 }
        guard let shown = sample.shown else {
            let found = await problems(environment)
            #expect(found.map(\.key) == [sample.name])
            #expect(found.first?.example != nil)
            let message = ConfigurationError(problems: found).description
            #expect(!Fixture.leaks.contains { message.contains($0) })
            return
        }
        let configuration = try await NodeConfiguration.load(.node, environment: environment)
        #expect(configuration.effective(sample.name)?.value == shown)
        #expect(configuration.effective(sample.name)?.origin == SettingOrigin(source: .environment, key: sample.name))
    }

    @Test("a wrong proxy is told what to write instead")
    func proxies() async {
        for (text, words) in [
            ("nginx", "is not an IP address or a block of them, such as 10.0.0.5 or 10.0.0.0/8"),
            ("10.0.0.0/33", "such as 10.0.0.5 or 10.0.0.0/8"), ("10.1.2.3/8", "write 10.0.0.0/8"),
            ("fd00::1/8", "write fd00::/8"),
        ] {
            let found = await problems(["SCORECAST_TRUSTED_PROXIES": text])
            #expect(found.first?.reason.contains(words) == true, "\(found)")
        }
    }

    @Test("every setting has valid and invalid samples")
    func coverage() {
        let samples = Self.listener + Self.stores + Self.tokens + Self.behaviour + Self.gateway + Self.mail + Self.play
        let good = Set(samples.filter { $0.shown != nil }.map(\.name))
        let bad = Set(samples.filter { $0.shown == nil }.map(\.name))
        let all = Set(SettingCatalogue.node.definitions.map(\.name))
        #expect(good == all)
        #expect(bad == all)
    }

    @Test("values reach their properties")
    func properties() async throws {
        let configuration = try await NodeConfiguration.load(environment: [
            "SCORECAST_HTTP_HOST": "::", "SCORECAST_HTTP_PORT": "81", "SCORECAST_THREADS": "3",
            "SCORECAST_ALLOWED_ORIGINS": "https://a,https://b", "SCORECAST_TRUSTED_PROXIES": "10.0.0.0/8",
            "SCORECAST_REDIS_URL": Fixture.redisURL, "SCORECAST_REDIS_TIMEOUT": "250ms",
            "SCORECAST_POSTGRES_URL": Fixture.postgresURL, "SCORECAST_POSTGRES_POOL": "5", "SCORECAST_PARTITIONS": "7",
            "SCORECAST_JWT_SECRET": Fixture.jwtSecret, "SCORECAST_JWT_JWKS": "https://id.example/keys",
            "SCORECAST_JWT_ISSUER": "me", "SCORECAST_JWT_AUDIENCE": "you", "SCORECAST_JWT_NAME": "idp",
            "SCORECAST_TOKEN_ISSUER": "us", "SCORECAST_TOKEN_KEYS": "t1:\(TokenKeys.ed25519)",
            "SCORECAST_ACTION_KEYS": "k1:\(Fixture.actionKey)", "SCORECAST_ACTION_MAX_AGE": "1h",
            "SCORECAST_ACTION_SKEW": "5s", "SCORECAST_RATE_LIMIT": "3/2s", "SCORECAST_ACK": "persisted",
            "SCORECAST_SHUTDOWN_TIMEOUT": "1m", "SCORECAST_LOG_LEVEL": "debug",
            "SCORECAST_LOG_FORMAT": "text",
        ])
        #expect(configuration.httpHost == "::" && configuration.httpPort == 81 && configuration.threads == 3)
        #expect(configuration.allowedOrigins == ["https://a", "https://b"])
        #expect(configuration.trustedProxies == [AddressBlock("10.0.0.0/8")])
        #expect(configuration.redisURL?.reveal() == Fixture.redisURL)
        #expect(configuration.postgresURL?.reveal() == Fixture.postgresURL)
        #expect(configuration.redisTimeout == .milliseconds(250))
        #expect(configuration.postgresPool == 5 && configuration.partitions == 7)
        #expect(configuration.jwtSecret?.reveal() == Fixture.jwtSecret)
        #expect(configuration.jwtKeySet == .url("https://id.example/keys"))
        #expect(configuration.jwtIssuer == "me" && configuration.jwtAudience == "you")
        #expect(configuration.jwtName == "idp" && configuration.tokenIssuer == "us")
        #expect(configuration.tokenKeys.map(\.id) == ["t1"] && configuration.tokenKeys.first?.isPrivate == true)
        #expect(configuration.actionKeys.map(\.id) == ["k1"])
        #expect(configuration.actionKeys.first?.key.reveal() == Array("0123456789abcdef0123456789abcdef".utf8))
        #expect(configuration.actionMaxAge == .seconds(3_600) && configuration.actionSkew == .seconds(5))
        #expect(configuration.rateLimit == RateLimit(count: 3, period: .seconds(2)))
        #expect(configuration.acknowledgement == .persisted)
        #expect(configuration.shutdownTimeout == .seconds(60))
        #expect(configuration.logLevel == .debug && configuration.logFormat == .text)
    }

    @Test("the limit can be turned off")
    func rateLimitOff() async throws {
        let configuration = try await NodeConfiguration.load(environment: ["SCORECAST_RATE_LIMIT": "off"])
        #expect(configuration.rateLimit == nil)
        #expect(configuration.validate(for: []).isEmpty)
    }
}
