import NodeTestSupport
import Settings
import Signing
import TestSupport
import Testing

@Suite("Secrets")
struct SecretTests {
    /// Returns everything that careless code could print of a value.
    private func renderings(_ value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(reflecting: value), String(describing: value), dumped].joined(separator: "\n")
    }

    @Test("a secret is shown as a mark, however it is printed")
    func redaction() {
        let secret = Secret("sesame")
        #expect(secret.description == "<redacted>" && secret.debugDescription == "<redacted>")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(!renderings(secret).contains("sesame"))
        #expect(!renderings([Optional(secret)]).contains("sesame"))
        #expect(secret.reveal() == "sesame")
    }

    @Test("neither the configuration nor its listing shows a secret")
    func configuration() async throws {
        let configuration = try await NodeConfiguration.load(environment: Fixture.complete, roles: .all)
        let shown = renderings(configuration) + configuration.describe() + "\(configuration.effectiveSettings)"
        for leak in Fixture.leaks { #expect(!shown.contains(leak)) }
        #expect(configuration.describe().contains("<redacted>"))
    }

    @Test("nor does it show token keys, which can be in a file, too")
    func tokenKeys() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("secret", "t1:\(TokenKeys.ed25519),t2:\(TokenKeys.p256)\n")
        let configuration = try await NodeConfiguration.load(environment: ["SCORECAST_TOKEN_KEYS_FILE": path])
        #expect(configuration.tokenKeys.map(\.id) == ["t1", "t2"])
        let shown = renderings(configuration) + configuration.describe() + "\(configuration.effectiveSettings)"
        // Base64, and the first bytes of the private keys as numbers.
        for leak in ["MC4C", "MIGH", "157, 97, 177", "243, 189, 12"] { #expect(!shown.contains(leak)) }
    }

    @Test(
        "each secret can be in a file, whose final newlines are ignored",
        arguments: Fixture.complete.keys.sorted(), ["", "\n", "\r\n", "\n\n"])
    func file(_ name: String, _ ending: String) async throws {
        let folder = try TemporaryFolder()
        let value = try #require(Fixture.complete[name])
        var environment = Fixture.complete
        environment[name] = nil
        environment[name + "_FILE"] = try folder.file("secret", value + ending)
        let configuration = try await NodeConfiguration.load(environment: environment, roles: .all)
        #expect(configuration.effective(name)?.value == "<redacted>")
        #expect(configuration.effective(name)?.origin == SettingOrigin(source: .environment, key: name + "_FILE"))
        let revealed = [
            configuration.redisURL?.reveal(), configuration.postgresURL?.reveal(), configuration.jwtSecret?.reveal(),
            configuration.actionKeys.first.map { String(decoding: $0.key.reveal(), as: UTF8.self) },
        ]
        let key = "0123456789abcdef0123456789abcdef"
        #expect(revealed == [Fixture.redisURL, Fixture.postgresURL, Fixture.jwtSecret, key])
    }

    @Test("a secret given twice in one source is a problem; the environment takes precedence over the file")
    func twice() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("secret", Fixture.jwtSecret)
        let both = await problems(["SCORECAST_JWT_SECRET": "sesame", "SCORECAST_JWT_SECRET_FILE": path])
        #expect(both.map(\.reason) == ["is given twice, also as SCORECAST_JWT_SECRET_FILE"])

        let direct = try folder.file("direct.yaml", "jwt_secret: \(String(repeating: "y", count: 32))\n")
        let named = try folder.file("named.yaml", "jwt_secret_file: \(path)\n")
        let fromFile = try await NodeConfiguration.load(
            environment: ["SCORECAST_CONFIG": direct, "SCORECAST_JWT_SECRET_FILE": path])
        #expect(fromFile.jwtSecret?.reveal() == Fixture.jwtSecret)
        let fromText = try await NodeConfiguration.load(
            environment: ["SCORECAST_CONFIG": named, "SCORECAST_JWT_SECRET": String(repeating: "z", count: 32)])
        #expect(fromText.jwtSecret?.reveal() == String(repeating: "z", count: 32))
        let fromYAML = try await NodeConfiguration.load(environment: ["SCORECAST_CONFIG": named])
        #expect(fromYAML.jwtSecret?.reveal() == Fixture.jwtSecret)
        #expect(fromYAML.effective("SCORECAST_JWT_SECRET")?.origin.key == "jwt_secret_file")
        let twice = try folder.file("twice.yaml", "jwt_secret: a\njwt_secret_file: \(path)\n")
        #expect(await problems(["SCORECAST_CONFIG": twice]).map(\.key) == ["SCORECAST_JWT_SECRET"])
    }

    @Test("a secret's file that is missing, empty, too large or not text is a problem")
    func badFile() async throws {
        let folder = try TemporaryFolder()
        for (path, reason) in [
            (folder.path("none"), "can't be opened"), (try folder.file("empty", "\n"), "is empty"),
            (try folder.file("large", String(repeating: "x", count: 70_000)), "holds more than"),
            (folder.path("."), "is not a regular file"),
        ] {
            let found = await problems(["SCORECAST_JWT_SECRET_FILE": path], requiring: [.tokenSigning])
            #expect(found.map(\.key) == ["SCORECAST_JWT_SECRET"])
            #expect(found.first?.reason.contains(reason) == true)
        }
    }
}
