import Basics
import Logging
import Signing

extension NodeConfiguration {
    /// The settings that several parts of a node read, in the order of listings and messages.
    static let commonDefinitions = listener + stores + tokens + behaviour + logs

    private static let listener = [
        setting(
            "SCORECAST_HTTP_HOST", \.httpHost, .host, example: "0.0.0.0",
            "Where to listen. `0.0.0.0` listens on all addresses."),
        setting(
            "SCORECAST_HTTP_PORT", \.httpPort, .integer(0...65_535), example: "8080",
            "The port to listen on. With 0 the system chooses one."),
        setting(
            "SCORECAST_OPERATIONS_PORT", \.operationsPort, .optional(.integer(1...65_535)), example: "9090",
            absence: .uses("the same port"), "A second listener, [for operators](#health-and-readiness)."),
        setting(
            "SCORECAST_OPERATIONS_HOST", \.operationsHost, .host, example: "0.0.0.0",
            "Where the second listener listens."),
        setting(
            "SCORECAST_THREADS", \.threads, .optional(.integer(1...1_024)), example: "4",
            absence: .uses("one for each core"), "Event loops."),
        setting(
            "SCORECAST_ALLOWED_ORIGINS", \.allowedOrigins, .list(of: .origin, countMax: 64), kind: .list,
            example: "https://game.example.com,capacitor://localhost", absence: .uses("same origin"),
            "Pages that may call and open WebSockets, besides those of the same host and port. Those of app shells, "
                + "too: `capacitor://localhost`. `null` cannot be named."),
        setting(
            "SCORECAST_TRUSTED_PROXIES", \.trustedProxies, .list(of: .addressBlock, countMax: 64), kind: .list,
            example: "10.0.0.0/8,fd00::/8", absence: .uses("none"),
            "Proxies whose `X-Forwarded-For` or `Forwarded` [names the client address](#behind-a-proxy)."),
    ]

    private static let stores = [
        setting(
            "SCORECAST_REDIS_URL", \.redisURL, .secretURL(schemes: redisSchemes), kind: .secret,
            example: "redis://127.0.0.1:6379", absence: .means("needed by all roles"),
            "Where Redis is: `redis://user:password@host:6379/0`."),
        setting(
            "SCORECAST_REDIS_PREFIX", \.redisPrefix, .keyPrefix, example: "game1:",
            absence: .uses("from the number of the database"),
            "What [every key and channel](#several-deployments-in-one-redis) begins with; the same on all nodes. "
                + "Without it, nothing in database 0, `db3:` in database 3."),
        setting(
            "SCORECAST_REDIS_TIMEOUT", \.redisTimeout, .duration(.milliseconds(10) ... .seconds(60)), example: "2s",
            "For one command. Then the connection is closed."),
        setting(
            "SCORECAST_POSTGRES_URL", \.postgresURL, .secretURL(schemes: postgresSchemes), kind: .secret,
            example: "postgresql://scorecast@127.0.0.1:5432/scorecast",
            absence: .means("needed by api, persister, accounts, play"),
            "A [libpq URL][libpq], with its parameters; [nothing else](#connections) leads there."),
        setting(
            "SCORECAST_POSTGRES_POOL", \.postgresPool, .integer(1...128, unit: "connections"), example: "4",
            "Connections to Postgres. The role api has one more, the role persister five more."),
        setting(
            "SCORECAST_PARTITIONS", \.partitions, .integer(1...64), example: "16",
            "Partitions of the boards. The same on all nodes, for the life of the data."),
    ]

    private static let tokens = [
        setting(
            "SCORECAST_JWT_SECRET", \.jwtSecret, .secretText(bytesMin: jwtSecretBytesMin), kind: .secret,
            example: "what `openssl rand -hex 32` prints", absence: .means("needed by api, or one of the next two"),
            "The HS256 secret of tokens, as text."),
        setting(
            "SCORECAST_TOKEN_KEYS", \.tokenKeys, .tokenKeys, kind: .secret,
            example: "t1:<what `openssl genpkey -algorithm ed25519 -outform DER | openssl base64 -A` prints>",
            "[Keys for EdDSA and ES256 tokens](accounts.md#token-keys) of this deployment: DER, private or public, at "
                + "most \(OwnTokenKey.countMax). The first one signs."),
        setting(
            "SCORECAST_JWT_JWKS", \.jwtKeySet, .optional(.keySetLocation),
            example: "https://id.example.com/.well-known/jwks.json",
            "Keys for RS256, ES256 and EdDSA tokens (RFC 7517), beside the secret or instead of it."),
        setting(
            "SCORECAST_JWT_ISSUER", \.jwtIssuer, .optional(.text(limit: 1_024)), example: "https://id.example.com/",
            absence: .means("not checked"),
            "What `iss` of a token must be, except in those of `SCORECAST_TOKEN_ISSUER`."),
        setting(
            "SCORECAST_JWT_AUDIENCE", \.jwtAudience, .optional(.text(limit: 1_024)), example: "scorecast",
            absence: .means("not checked"), "What `aud` of a token must be or hold."),
        setting(
            "SCORECAST_JWT_NAME", \.jwtName, .optional(.issuerName), example: "firebase",
            "Short name of the issuer with the JWKS: its users are `<name>:<sub>`, so that none can have the id of "
                + "another. Accounts with a JWKS need it; the same on all nodes."),
        setting(
            "SCORECAST_TOKEN_ISSUER", \.tokenIssuer, .text(limit: 1_024), example: "scorecast",
            "`iss` of the tokens that accounts make. Only these have sessions; the same on all nodes."),
        setting(
            "SCORECAST_ACTION_KEYS", \.actionKeys, .actionKeys, kind: .secret,
            example: "k1:<what `openssl rand -base64 32` prints>", absence: .means("needed by api"),
            "The keys of action ids, \(actionKeyBytesMin) to \(actionKeyBytesMax) bytes each, at most "
                + "\(actionKeysMax). The first one signs."),
        setting(
            "SCORECAST_ACTION_MAX_AGE", \.actionMaxAge, .duration(.seconds(1) ... .seconds(86_400)), example: "600s",
            "How long an action id is good."),
        setting(
            "SCORECAST_ACTION_SKEW", \.actionSkew, .duration(.zero ... .seconds(3_600)), example: "30s",
            "How far a game server's clock may be ahead."),
    ]

    private static let behaviour = [
        setting(
            "SCORECAST_RATE_LIMIT", \.rateLimit, .rateLimit, example: "10/60s", "Updates for each user and board."),
        setting(
            "SCORECAST_ADDRESS_RATE_LIMIT", \.addressRateLimit, .rateLimit, example: "100000/1s",
            "Requests with a token or to `/auth` for each client address on a node, before any cryptography."),
        setting(
            "SCORECAST_VELOCITY_LIMIT", \.velocityLimit, .rateLimit, example: "1000/60s", absence: .uses("off"),
            "Points that a user may gain on a board; more get 403 `suspicious_activity`."),
        setting(
            "SCORECAST_OUTBOX_MAX_BYTES", \.outboxBytesMax,
            .optional(.integer(1_048_576...1_099_511_627_776, unit: "bytes")),
            example: "1073741824", absence: .uses("a quarter of Redis' `maxmemory`, or 2 GiB"),
            "The most bytes of Redis that updates may take which [wait for Postgres](#when-something-dies)."),
        setting(
            "SCORECAST_ACK", \.acknowledgement, .oneOf(Acknowledgement.self), example: "applied",
            "Whether to answer when Redis has an update, or when Postgres has it too."),
        setting(
            "SCORECAST_HEAL", \.healing, .oneOf(Healing.self), example: "automatic",
            "Whether persisters [rebuild partitions](#a-redis-that-lost-data) that Redis has lost by themselves."),
        setting(
            "SCORECAST_SHUTDOWN_TIMEOUT", \.shutdownTimeout, .duration(.milliseconds(100) ... .seconds(3_600)),
            example: "10s", "How long a stop may take."),
    ]

    private static let logs = [
        setting(
            "SCORECAST_LOG_LEVEL", \.logLevel, .oneOf(Logger.Level.self), example: "info",
            "The least level that is logged."),
        setting(
            "SCORECAST_LOG_FORMAT", \.logFormat, .oneOf(LogFormat.self), example: "json",
            "Lines for programs, or for people."),
    ]

    private static func setting<Value: Sendable>(
        _ name: String, _ value: any WritableKeyPath<NodeConfiguration, Value> & Sendable, _ form: SettingForm<Value>,
        kind: SettingDefinition.Kind = .plain, example: String, absence: SettingDefinition.Absence = .means("none"),
        _ description: String
    ) -> SettingDefinition {
        SettingDefinition(
            name, form, kind: kind, example: example, absence: absence, description: description,
            value: { $0[keyPath: value] }, set: { $1[keyPath: value] = $0 })
    }
}
