import Crypto
import Foundation
import LocalServers
import Signing
import TestSupport
import Testing

@Suite("The command line")
struct CommandTests {
    @Test(
        "--help of each command shows examples and exits with 0", .timeLimit(.minutes(1)),
        arguments: [
            "up", "serve", "migrate", "check", "doctor", "token", "action", "score", "boards", "dead-letters",
            "export-ledger", "load",
        ])
    func help(_ command: String) async throws {
        let outcome = try await ScorecastProcess.run([command, "--help"])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains(/Examples?:\n\s+\S/), "no example")
        #expect(outcome.output.contains("scorecast \(command)"), "help of another command")
        // Each line can be pasted: a line that goes on in the next one says so, and none is wrapped.
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasSuffix("Example:") || $0.hasSuffix("Examples:") })
        var goesOn = false
        for line in lines[(start + 1)...].prefix(while: { !$0.isEmpty }) {
            let isCommand = line.hasPrefix("  scorecast ") || line.hasPrefix("  SCORECAST_")
            #expect(goesOn ? line.hasPrefix("    ") : isCommand, "\(line)")
            goesOn = line.hasSuffix(" \\")
        }
        let whole = try await ScorecastProcess.run(["--help"])
        #expect(whole.code == 0 && whole.output.contains("  \(command) "), "not in the list of commands")
    }

    @Test(
        "an unknown command and an unknown option end with a usage error",
        arguments: [["nope"], ["serve", "--nope"], ["serve", "--roles", "cook"]])
    func usage(_ arguments: [String]) async throws {
        let outcome = try await ScorecastProcess.run(arguments, environment: Credentials().environment)
        #expect(outcome.code != 0)
        #expect(!outcome.errors.isEmpty && outcome.output.isEmpty)
    }

    @Test(
        "an error that a command finds after it has read its arguments shows the usage of that command",
        .timeLimit(.minutes(1)),
        arguments: [
            ["score", "u1", "kill", "--url", "127.0.0.1:8090"], ["serve", "--roles", "nix"],
            ["check", "--roles", "nix"], ["token", "--sub", "u1", "--role", "king"],
            ["load", "--scenario", "/nowhere/nix.json", "--url", "http://127.0.0.1:1"],
        ])
    func ownUsage(_ arguments: [String]) async throws {
        let outcome = try await ScorecastProcess.run(arguments, environment: Credentials().environment)
        #expect(outcome.code == 64 && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("Error: "), "\(outcome.errors)")
        #expect(outcome.errors.contains("\nUsage: scorecast \(arguments[0]) "), "\(outcome.errors)")
        #expect(outcome.errors.contains("See 'scorecast \(arguments[0]) --help'"), "\(outcome.errors)")
        if arguments[0] == "load" { #expect(outcome.errors.contains("No such file or directory")) }
    }

    @Test(
        "a command without keys says which folder it looked in, and how to name another", .timeLimit(.minutes(1)),
        arguments: [
            ["score", "u1", "kill"], ["token", "--sub", "u1"], ["action", "--user", "u1", "--action", "kill"],
            ["load", "--url", "http://127.0.0.1:1", "--scenario"],
        ])
    func noKeys(_ arguments: [String]) async throws {
        let folder = try makeTestFolder("empty")
        var arguments = arguments
        if arguments.last == "--scenario" {
            arguments.append("\(folder)/scenario.json")
            try #"{"duration":"1s"}"#.write(toFile: "\(folder)/scenario.json", atomically: true, encoding: .utf8)
        }
        for data in [folder, "/tmp/nosuch"] {
            let outcome = try await ScorecastProcess.run(arguments + ["--data", data])
            #expect(outcome.code == 78 && outcome.output.isEmpty, "\(outcome.errors)")
            #expect(outcome.errors.contains("The folder \(data) has no keys."), "\(outcome.errors)")
            #expect(outcome.errors.contains("--data FOLDER") && outcome.errors.contains("SCORECAST_"))
        }
    }

    // MARK: check and serve

    /// A configuration with a fault in each of these settings, and secrets that no message may show.
    private static let wrong: [String: String] = [
        "SCORECAST_HTTP_PORT": "123456", "SCORECAST_THREADS": "many", "SCORECAST_RATE_LIMIT": "often",
        "SCORECAST_REDIS_URL": "http://:hunter2secret@127.0.0.1:1", "SCORECAST_JWT_SECRET": "tooshortsecret",
        "SCORECAST_ACTION_KEYS": "k1:bm90bG9uZ2Vub3VnaA", "SCORECAST_FANOUT_INTERVAL": "soon",
        "SCORECAST_LOG_FORMAT": "poem", "SCORECAST_ACK": "perhaps", "SCORECAST_HTPP_HOST": "127.0.0.1",
    ]
    private static let secrets = ["hunter2secret", "tooshortsecret", "bm90bG9uZ2Vub3VnaA"]

    @Test(
        "check and serve report all wrong keys at once, end with an error, and show no secret", .timeLimit(.minutes(1)),
        arguments: ["check", "serve"])
    func wrongConfiguration(_ command: String) async throws {
        let outcome = try await ScorecastProcess.run([command], environment: Self.wrong)
        #expect(outcome.code != 0)
        for key in Self.wrong.keys { #expect(outcome.errors.contains(key), "\(key) is not named") }
        // A setting that is missing although the roles need it.
        #expect(outcome.errors.contains("SCORECAST_POSTGRES_URL"))
        for secret in Self.secrets { #expect(!(outcome.errors + outcome.output).contains(secret)) }
    }

    @Test("a configuration that can be used is shown without its secrets", .timeLimit(.minutes(1)))
    func check() async throws {
        let credentials = Credentials()
        let environment = credentials.environment.merging([
            "SCORECAST_REDIS_URL": "redis://:redissecret@127.0.0.1:1", "SCORECAST_HTTP_PORT": "8123",
            "SCORECAST_POSTGRES_URL": "postgresql://scorecast:pgsecret@127.0.0.1:1/scorecast",
        ]) { $1 }
        let outcome = try await ScorecastProcess.run(["check"], environment: environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("8123") && outcome.output.contains("SCORECAST_JWT_SECRET"))
        for secret in [
            "redissecret", "pgsecret", credentials.jwtSecret, Data(credentials.actionKey).base64EncodedString(),
        ] {
            #expect(!(outcome.errors + outcome.output).contains(secret))
        }
    }

    @Test("secrets can be given as files", .timeLimit(.minutes(1)))
    func secretFiles() async throws {
        let credentials = Credentials()
        let folder = try makeTestFolder("secrets")
        var environment: [String: String] = [:]
        for (key, value) in credentials.environment {
            try (value + "\n").write(toFile: "\(folder)/\(key)", atomically: true, encoding: .utf8)
            environment[key + "_FILE"] = "\(folder)/\(key)"
        }
        // Keys that an 'up' left in the data folder do not matter.
        try "SCORECAST_JWT_SECRET=\(String(repeating: "x", count: 40))\n".write(
            toFile: "\(folder)/secrets.env", atomically: true, encoding: .utf8)
        let arguments = ["token", "--sub", "u1", "--data", folder]
        let outcome = try await ScorecastProcess.run(arguments, environment: environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try await Self.claims(of: outcome.output, credentials).subject == "u1")
    }

    @Test(
        "an empty variable counts as not set, and is replaced by the keys of the data folder", .timeLimit(.minutes(1)))
    func emptyVariables() async throws {
        let credentials = Credentials()
        let folder = try makeTestFolder("secrets")
        let kept = credentials.environment.map { "\($0.key)=\($0.value)\n" }.joined()
        try kept.write(toFile: "\(folder)/secrets.env", atomically: true, encoding: .utf8)
        let empty = [
            "SCORECAST_JWT_SECRET": "", "SCORECAST_JWT_SECRET_FILE": "", "SCORECAST_ACTION_KEYS": "",
            "SCORECAST_HTTP_PORT": "", "SCORECAST_NOT_A_SETTING": "",
        ]
        let outcome = try await ScorecastProcess.run(["token", "--sub", "u1", "--data", folder], environment: empty)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try await Self.claims(of: outcome.output, credentials).subject == "u1")
    }

    // MARK: token and action

    @Test("token prints a JWT that the configured key verifies", .timeLimit(.minutes(1)))
    func token() async throws {
        let credentials = Credentials(issuer: "https://id.example", audience: "scorecast")
        let arguments = ["token", "--sub", "ops", "--role", "admin", "--ttl", "15m"]
        let outcome = try await ScorecastProcess.run(arguments, environment: credentials.environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let claims = try await Self.claims(of: outcome.output, credentials)
        #expect(claims.subject == "ops" && claims.role == .admin)
        #expect(abs(claims.expiresAt - Credentials.milliseconds - 900_000) < 60_000)
        for bad in [["--sub", ""], ["--sub", "u1", "--role", "king"], ["--sub", "u1", "--ttl", "soon"], []] {
            let outcome = try await ScorecastProcess.run(["token"] + bad, environment: credentials.environment)
            #expect(outcome.code != 0 && outcome.output.isEmpty)
        }
    }

    @Test("token signs with the first token key, and narrows the scopes", .timeLimit(.minutes(1)))
    func tokenKeys() async throws {
        let pair = P256.Signing.PrivateKey()
        let secret = "t1:\(pair.derRepresentation.base64EncodedString())"
        let environment = ["SCORECAST_TOKEN_KEYS": secret, "SCORECAST_JWT_ISSUER": "https://id.example"]
        let arguments = ["token", "--sub", "ops", "--role", "admin", "--scope"]
        let outcome = try await ScorecastProcess.run(arguments + ["boards:read,boards:write"], environment: environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let key = try OwnTokenKey(id: "t1", der: Array(pair.publicKey.derRepresentation))
        let verifier = try TokenVerifier(
            keys: [try await key.tokenKey], ownIssuer: "scorecast", issuer: "https://id.example")
        let claims = try verifier.verify(outcome.output.dropLast(), now: Credentials.milliseconds)
        #expect(claims.subject == "ops" && claims.scopes == [.boardsRead, .boardsWrite] && claims.session == nil)
        for bad in [["kings:crown"], ["actions:grant,x"]] {
            let outcome = try await ScorecastProcess.run(arguments + bad, environment: environment)
            #expect(outcome.code != 0 && outcome.output.isEmpty && outcome.errors.contains("--scope"))
        }
        let publicHalf = "t1:\(pair.publicKey.derRepresentation.base64EncodedString())"
        let refused = try await ScorecastProcess.run(
            ["token", "--sub", "ops"], environment: ["SCORECAST_TOKEN_KEYS": publicHalf])
        #expect(refused.code == 78 && refused.errors.contains("SCORECAST_TOKEN_KEYS"), "\(refused.errors)")
        #expect(!refused.errors.contains(publicHalf.suffix(40)))
    }

    @Test("check and doctor show which token key signs, and no key", .timeLimit(.minutes(1)))
    func tokenKeysInChecks() async throws {
        let (first, second) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey().publicKey)
        let secret = "t1:\(first.derRepresentation.base64EncodedString())"
        let credentials = Credentials()
        let environment = credentials.environment.merging([
            "SCORECAST_REDIS_URL": "redis://127.0.0.1:1", "SCORECAST_POSTGRES_URL": "postgresql://x@127.0.0.1:1/x",
            "SCORECAST_TOKEN_KEYS": "\(secret),t0:\(second.derRepresentation.base64EncodedString())",
        ]) { $1 }
        let check = try await ScorecastProcess.run(["check"], environment: environment)
        #expect(check.code == 0 && check.output.contains("SCORECAST_TOKEN_KEYS"), "\(check.errors)")
        let doctor = try await ScorecastProcess.run(["doctor"], environment: environment)
        #expect(doctor.output.contains("t1 (ES256), t0 (ES256); t1 signs"), "\(doctor.output)")
        for outcome in [check, doctor] { #expect(!(outcome.output + outcome.errors).contains(secret.suffix(40))) }
    }

    private static func claims(of output: String, _ credentials: Credentials) async throws -> Claims {
        let key = try await TokenKey.hs256(secret: Array(credentials.jwtSecret.utf8))
        let verifier = try TokenVerifier(keys: [key], issuer: credentials.issuer, audience: credentials.audience)
        let lines = output.split(separator: "\n")
        try #require(lines.count == 1 && output.hasSuffix("\n"), "one line: \(output)")
        return try verifier.verify(lines[0], now: Credentials.milliseconds)
    }

    @Test("action prints action ids that the configured key verifies, each of them different", .timeLimit(.minutes(1)))
    func action() async throws {
        let credentials = Credentials()
        let verifier = ActionIDVerifier(keys: try ActionKeys([(id: "k1", key: credentials.actionKey)]))
        let arguments = ["action", "--user", "u1", "--action", "race", "--score", "9120", "--count", "50"]
        let outcome = try await ScorecastProcess.run(arguments, environment: credentials.environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let ids = outcome.output.split(separator: "\n").map { String($0) }
        #expect(ids.count == 50 && Set(ids).count == 50)
        for id in ids {
            let verified = try verifier.verify(id, userID: "u1", now: Credentials.milliseconds)
            #expect(verified.action == "race" && verified.score == 9120 && verified.keyID == "k1")
        }
        let one = try await ScorecastProcess.run(
            ["action", "--user", "u1", "--action", "kill"], environment: credentials.environment)
        #expect(
            try verifier.verify(String(one.output.dropLast()), userID: "u1", now: Credentials.milliseconds).score == nil
        )
        for bad in [["--action", "a b"], ["--action", "kill", "--count", "0"], []] {
            let outcome = try await ScorecastProcess.run(
                ["action", "--user", "u1"] + bad, environment: credentials.environment)
            #expect(outcome.code != 0 && outcome.output.isEmpty)
        }
    }

    @Test("action --verify runs the checks of a node, and says which one fails", .timeLimit(.minutes(1)))
    func verify() async throws {
        let credentials = Credentials()
        func verify(_ id: String, user: String = "u1") async throws -> ScorecastProcess.Outcome {
            try await ScorecastProcess.run(
                ["action", "--verify", id, "--user", user], environment: credentials.environment)
        }
        let good = try await verify(credentials.actionID("u1"))
        #expect(good.code == 0 && !good.output.contains("WRONG"), "\(good.output)")
        let stranger = try await verify(credentials.actionID("u1"), user: "u2")
        #expect(stranger.code == 1 && stranger.output.contains(/signature +WRONG/), "\(stranger.output)")
        let late = try await verify(credentials.actionID("u1", issuedAt: Credentials.milliseconds - 700_000))
        #expect(late.code == 1 && late.output.contains(/time +WRONG/), "\(late.output)")
        #expect(try await verify("hello").output.contains(/form +WRONG/))
        for bad in [["--verify", "x", "--action", "kill"], ["--verify", "x", "--count", "2"]] {
            let outcome = try await ScorecastProcess.run(
                ["action", "--user", "u1"] + bad, environment: credentials.environment)
            #expect(outcome.code == 64 && outcome.output.isEmpty)
        }
    }

    @Test("score says what to do when nothing answers, and never shows a secret", .timeLimit(.minutes(1)))
    func scoreNowhere() async throws {
        let credentials = Credentials()
        let outcome = try await ScorecastProcess.run(
            ["score", "u1", "kill", "--url", "http://127.0.0.1:1"], environment: credentials.environment)
        #expect(outcome.code == 1 && outcome.output.isEmpty && outcome.errors.contains("--url"), "\(outcome.errors)")
        #expect(outcome.errors.contains("gives no answer: Connection refused."), "\(outcome.errors)")
        #expect(!outcome.errors.contains(credentials.jwtSecret))
        for bad in [["--url", "127.0.0.1"], ["--score", "many"]] {
            let outcome = try await ScorecastProcess.run(
                ["score", "u1", "kill"] + bad, environment: credentials.environment)
            #expect(outcome.code == 64, "\(outcome.errors)")
        }
    }

    @Test("the contract's test vector", .timeLimit(.minutes(1)))
    func vector() {
        let key = Array("0123456789abcdef0123456789abcdef".utf8)
        let id = Credentials().actionID("u1", issuedAt: 1_790_000_000_000, nonce: "nonce0001", key: key)
        #expect(id == "v1.k1.kill.nonce0001.1790000000000.-.ksg4NVDsMXsfRe0UxmfeIbT7BLwUXKv2hIwn9jA_Yn8")
    }

    // MARK: migrate

    @Test(
        "migrate creates the tables, and does nothing the second time or if two run at once", .timeLimit(.minutes(1)))
    func migrate() async throws {
        try await withPostgres { postgres in
            let environment = ["SCORECAST_POSTGRES_URL": postgres.url]
            async let other = ScorecastProcess.run(["migrate"], environment: environment)
            let outcome = try await ScorecastProcess.run(["migrate"], environment: environment)
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(try await other.code == 0)
            let tables = try await postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").split(
                separator: "\n")
            for table in ["scores", "actions", "boards", "score_events", "partition_positions"] {
                #expect(tables.contains { $0 == table }, "\(table)")
            }
            #expect(try await postgres.run("SELECT board FROM boards") == "global")
            try await postgres.run("INSERT INTO actions (action_id, points, boards) VALUES ('kept', 1, '{global}')")
            let again = try await ScorecastProcess.run(["migrate"], environment: environment)
            #expect(again.code == 0, "\(again.errors)")
            #expect(try await postgres.run("SELECT points FROM actions WHERE action_id = 'kept'") == "1")
        }
        let away = try await ScorecastProcess.run(
            ["migrate"], environment: ["SCORECAST_POSTGRES_URL": "postgresql://u:pgsecret@127.0.0.1:1/x"])
        #expect(away.code != 0 && !away.errors.isEmpty && !away.errors.contains("pgsecret"))
        try await withPostgres { postgres in
            let url = postgres.server.url(database: "nosuch")
            let missing = try await ScorecastProcess.run(["migrate"], environment: ["SCORECAST_POSTGRES_URL": url])
            let reasons = ["Connection refused. Is the server", "\"nosuch\" does not exist."]
            for (outcome, reason) in zip([away, missing], reasons) {
                #expect(outcome.code == 1 && outcome.output.isEmpty)
                // One line, without lines of the log before it.
                #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
                #expect(outcome.errors.hasPrefix("Error: Postgres "), "\(outcome.errors)")
                for part in [reason, "SCORECAST_POSTGRES_URL", "CREATE DATABASE"] {
                    #expect(outcome.errors.contains(part), "\(part): \(outcome.errors)")
                }
                #expect(!outcome.errors.contains(".swift"), "\(outcome.errors)")
            }
        }
    }
}
