import Basics
import Gateway
import Node
import NodeTestSupport
import Settings
import TestSupport
import Testing

@Suite("The requirements of roles and commands")
struct ConfigurationValidateTests {
    @Test(
        "each role requires only the settings that it needs",
        arguments: [
            (
                NodeRoles.api,
                ["SCORECAST_REDIS_URL", "SCORECAST_POSTGRES_URL", "SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS"]
            ),
            (.gateway, ["SCORECAST_REDIS_URL"]),
            (.persister, ["SCORECAST_REDIS_URL", "SCORECAST_POSTGRES_URL"]),
            (.accounts, ["SCORECAST_REDIS_URL", "SCORECAST_POSTGRES_URL", "SCORECAST_JWT_SECRET"]),
            (.play, ["SCORECAST_REDIS_URL", "SCORECAST_POSTGRES_URL", "SCORECAST_JWT_SECRET"]),
            (.all, ["SCORECAST_REDIS_URL", "SCORECAST_POSTGRES_URL", "SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS"]),
            (NodeRoles(), []),
        ])
    func missing(_ roles: NodeRoles, _ keys: [String]) async {
        #expect(NodeConfiguration().validate(for: roles).map(\.key) == keys)
    }

    @Test("a complete configuration has no problems")
    func complete() async throws {
        let configuration = try await NodeConfiguration.load(environment: Fixture.complete, roles: .all)
        #expect(configuration.validate(for: .all, requiring: Set(ConfigurationRequirement.allCases)).isEmpty)
    }

    @Test("a key set is enough to verify tokens but not to sign them")
    func keySet() {
        var configuration = NodeConfiguration()
        configuration.jwtKeySet = .url("https://id.example/keys")
        #expect(configuration.validate(for: [], requiring: [.tokenVerification]).isEmpty)
        #expect(configuration.validate(for: [], requiring: [.tokenSigning]).map(\.key) == ["SCORECAST_JWT_SECRET"])
    }

    @Test("tokens can be signed with a private token key that is first, or with the secret if there is none")
    func tokenSigning() async throws {
        func problem(_ keys: String?, secret: String? = nil) async throws -> String? {
            var environment: [String: String] = [:]
            environment["SCORECAST_TOKEN_KEYS"] = keys
            environment["SCORECAST_JWT_SECRET"] = secret
            let configuration = try await NodeConfiguration.load(environment: environment)
            let found = configuration.validate(for: [], requiring: [.tokenSigning])
            #expect(configuration.canSignTokens == found.isEmpty)
            if keys != nil { #expect(configuration.validate(for: [], requiring: [.tokenVerification]).isEmpty) }
            return found.first?.key
        }
        #expect(try await problem("t1:\(TokenKeys.ed25519),t2:\(TokenKeys.p256Public)") == nil)
        #expect(try await problem(nil, secret: Fixture.jwtSecret) == nil)
        #expect(try await problem(nil) == "SCORECAST_JWT_SECRET")
        let publicFirst = "t2:\(TokenKeys.p256Public),t1:\(TokenKeys.ed25519)"
        #expect(try await problem(publicFirst) == "SCORECAST_TOKEN_KEYS")
        #expect(try await problem(publicFirst, secret: Fixture.jwtSecret) == "SCORECAST_TOKEN_KEYS")
    }

    @Test("our own issuer is not that of the key set, and accounts beside a key set need its name")
    func issuers() {
        var configuration = NodeConfiguration()
        configuration.jwtIssuer = "scorecast"
        #expect(configuration.validate(for: []).isEmpty)
        #expect(configuration.problems(ofAccountsNode: true).isEmpty)
        configuration.jwtKeySet = .url("https://id.example/keys")
        #expect(configuration.validate(for: []).map(\.key) == ["SCORECAST_TOKEN_ISSUER"])
        configuration.tokenIssuer = "game"
        #expect(configuration.validate(for: []).isEmpty)
        #expect(configuration.problems(ofAccountsNode: false).isEmpty)
        #expect(configuration.problems(ofAccountsNode: true).map(\.key) == ["SCORECAST_JWT_NAME"])
        configuration.jwtName = "idp"
        #expect(configuration.problems(ofAccountsNode: true).isEmpty)
    }

    @Test("wrong token keys are not also reported as missing, and no message shows a part of them")
    func wrongTokenKeys() async {
        var environment = Fixture.complete
        environment["SCORECAST_JWT_SECRET"] = nil
        for (keys, reason) in [
            ("t1:\(TokenKeys.ed25519),sesame", "as entry 2"), ("t1:sesame!", "not base64 in entry 1"),
            ("sesame!:\(TokenKeys.ed25519)", "kid"), ("t1:\(Fixture.actionKey)", "PKCS#8"),
            ("t1:\(TokenKeys.ed25519),t1:\(TokenKeys.p256)", "entry 2 has the same kid"),
            ((1...17).map { "t\($0):\(TokenKeys.ed25519)" }.joined(separator: ","), "more than 16"),
        ] {
            environment["SCORECAST_TOKEN_KEYS"] = keys
            let found = await problems(environment, roles: .api)
            #expect(found.map(\.key) == ["SCORECAST_TOKEN_KEYS"])
            #expect(found.first?.reason.contains(reason) == true, "\(found)")
            let text = ConfigurationError(problems: found).description
            #expect(!(Fixture.leaks + ["MC4C", "MIGH"]).contains { text.contains($0) })
        }
    }

    @Test("the operators' port differs from the node's port")
    func operationsPort() {
        var configuration = NodeConfiguration()
        configuration.operationsPort = configuration.httpPort
        #expect(configuration.validate(for: []).map(\.key) == ["SCORECAST_OPERATIONS_PORT"])
        configuration.operationsPort = configuration.httpPort + 1
        #expect(configuration.validate(for: []).isEmpty)
    }

    @Test("an action key in hexadecimal, which is also valid base64, is accepted with a warning")
    func hexadecimalActionKey() async throws {
        let hex = String(repeating: "00112233445566778899aabbccddeeff", count: 2)
        let configuration = try await NodeConfiguration.load(environment: [
            "SCORECAST_ACTION_KEYS": "a:\(Fixture.actionKey),b:\(hex)"
        ])
        #expect(configuration.warnings.map(\.key) == ["SCORECAST_ACTION_KEYS"])
        #expect(configuration.warnings.first?.reason.contains("entry 2") == true)
        #expect(configuration.validate(for: []).isEmpty)
    }

    @Test("an invalid key set is not also reported as missing")
    func wrongKeySet() async {
        var environment = Fixture.complete
        environment["SCORECAST_JWT_SECRET"] = nil
        environment["SCORECAST_JWT_JWKS"] = "http://id.example/keys"
        #expect(await problems(environment, roles: .api).map(\.key) == ["SCORECAST_JWT_JWKS"])
    }

    @Test("the file of a key set must exist")
    func keySetFile() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("jwks.json", #"{"keys":[]}"#)
        let configuration = try await NodeConfiguration.load(environment: ["SCORECAST_JWT_JWKS": path])
        #expect(configuration.jwtKeySet == .file(path: path))
        let found = await problems(["SCORECAST_JWT_JWKS": path + ".missing"])
        #expect(found.first?.reason.contains("can't be opened") == true)
    }

    @Test("values that a program sets are checked for range, and its secrets for strength")
    func programmatic() {
        var configuration = NodeConfiguration(catalogue: .node)
        configuration.partitions = 65
        configuration.httpPort = -1
        configuration[GatewaySettings.self].fanoutInterval = .seconds(61)
        configuration.rateLimit = RateLimit(count: 1_000_001, period: .seconds(1))
        configuration.allowedOrigins = ["*", "https://a"]
        configuration.jwtSecret = Secret("short")
        configuration.actionKeys = [
            ActionKeySetting(id: "a.b", key: Secret([UInt8](repeating: 1, count: 16))),
            ActionKeySetting(id: "k1", key: Secret([UInt8](repeating: 1, count: 15))),
        ]
        #expect(
            Set(configuration.validate(for: []).map(\.key)) == [
                "SCORECAST_PARTITIONS", "SCORECAST_HTTP_PORT", "SCORECAST_FANOUT_INTERVAL", "SCORECAST_RATE_LIMIT",
                "SCORECAST_ALLOWED_ORIGINS", "SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS",
            ])
        let keys = configuration.validate(for: []).last
        #expect(keys?.reason.contains("entry 1 has an id") == true && keys?.reason.contains("15 bytes") == true)
    }

    @Test("the listing shows the origin of each value")
    func listing() async throws {
        var configuration = try await NodeConfiguration.load(environment: Fixture.complete)
        configuration.httpPort = 9_000
        let lines = configuration.describe().split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.contains(["SCORECAST_HTTP_PORT", "9000", "program"]))
        #expect(lines.contains(["SCORECAST_REDIS_URL", "<redacted>", "environment"]))
        #expect(lines.contains(["SCORECAST_RATE_LIMIT", "10/1m", "default"]))
        #expect(lines.contains(["SCORECAST_JWT_ISSUER", "(unset)", "default"]))
        #expect(lines.count == NodeConfiguration().effectiveSettings.count)
    }

    @Test("roles are read from a list, and all unknown ones are reported")
    func roles() throws {
        #expect(try NodeRoles(list: "api, Gateway") == [.api, .gateway])
        #expect(try NodeRoles(list: "all") == .all)
        #expect(NodeRoles.all.description == "api,gateway,persister,accounts,play")
        #expect(throws: ConfigurationError.self) { try NodeRoles(list: "") }
        let error = #expect(throws: ConfigurationError.self) { try NodeRoles(list: "api,gate,persist") }
        #expect(error?.problems.map(\.reason) == ["\"gate\" is not a role", "\"persist\" is not a role"])
    }
}

@Suite("Address blocks")
struct AddressBlockTests {
    @Test(
        "an address is in the block or not",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("192.168.1.4/30", "192.168.1.7", true),
            ("192.168.1.4/30", "192.168.1.8", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
            ("::1", "::1", true), ("::1", "::2", false), ("10.0.0.0/8", "no address", false),
        ])
    func contains(_ block: String, _ address: String, _ expected: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(address) == expected)
    }
}
