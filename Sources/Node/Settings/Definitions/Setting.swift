import Basics
import Logging

/// One setting: its variable, the place of its value, how it is written, and a right value to show when it is wrong.
struct Setting: Sendable {
    /// How a value may be given.
    enum Kind: Sendable {
        /// As text.
        case plain
        /// As text with commas, or as a YAML sequence.
        case list
        /// As text that no message repeats, or in a file that `<name>_FILE` names.
        case secret
    }

    /// The environment variable.
    let name: String
    let kind: Kind
    let example: String
    /// What a listing shows when the setting has no value.
    let unset: String
    /// Reads a text into the configuration.
    let apply: @Sendable (String, inout NodeConfiguration) throws(Rejection) -> Void
    /// The configuration's value as text, nil when unset; for a secret only a mark.
    let render: @Sendable (NodeConfiguration) -> String?

    init<Value: Sendable>(
        _ name: String,
        _ value: any WritableKeyPath<NodeConfiguration, Value> & Sendable,
        _ form: SettingForm<Value>,
        kind: Kind = .plain,
        example: String,
        unset: String = "(unset)"
    ) {
        self.name = name
        self.kind = kind
        self.example = example
        self.unset = unset
        self.apply = { text, configuration throws(Rejection) in
            configuration[keyPath: value] = try form.parse(text)
        }
        self.render = { form.render($0[keyPath: value]) }
    }

    /// The sentence for a wrong value. It repeats the value, unless that is a secret or may hold one, as a URL with
    /// user information does that was put into the wrong variable.
    func message(_ text: String, _ rejection: Rejection) -> String {
        let mayShow = kind != .secret && !(text.contains("://") && text.contains("@"))
        return mayShow ? "\(text.quotedForMessage) \(rejection.reason)" : "the value \(rejection.reason)"
    }

    /// The variable that names a file with the value; only secrets have one.
    var fileName: String? { kind == .secret ? name + "_FILE" : nil }
}

extension Setting {
    /// What every variable begins with.
    static let prefix = "SCORECAST_"

    /// The variable that names the YAML file; the one setting that a file can't hold.
    static let configurationFile = "SCORECAST_CONFIG"

    /// A variable's name in the YAML file: lower case, without the prefix.
    static func shortName(_ name: String) -> String {
        String(name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name[...]).lowercased()
    }

    /// The variables that a file may hold, `…_FILE` among them.
    static let fileKeys: [String] = all.flatMap { [$0.name] + ($0.fileName.map { [$0] } ?? []) }

    /// The variables that the environment may hold.
    static let environmentKeys: [String] = fileKeys + [configurationFile]

    /// Every setting, in the order of listings and messages.
    static let all: [Setting] = listener + stores + tokens + behaviour + gateway

    private static let listener = [
        Setting("SCORECAST_HTTP_HOST", \.httpHost, .host, example: "0.0.0.0"),
        Setting("SCORECAST_HTTP_PORT", \.httpPort, .integer(0...65_535), example: "8080"),
        Setting(
            "SCORECAST_OPERATIONS_PORT", \.operationsPort, .optional(.integer(1...65_535)), example: "9090",
            unset: "(the same port)"),
        Setting("SCORECAST_OPERATIONS_HOST", \.operationsHost, .host, example: "0.0.0.0"),
        Setting(
            "SCORECAST_THREADS", \.threads, .optional(.integer(1...1_024)), example: "4", unset: "(one for each core)"),
        Setting(
            "SCORECAST_ALLOWED_ORIGINS", \.allowedOrigins, .list(of: .origin, countMax: 64), kind: .list,
            example: "https://game.example.com,capacitor://localhost", unset: "(same origin)"),
        Setting(
            "SCORECAST_TRUSTED_PROXIES", \.trustedProxies, .list(of: .addressBlock, countMax: 64), kind: .list,
            example: "10.0.0.0/8,fd00::/8", unset: "(none)"),
    ]

    private static let stores = [
        Setting(
            "SCORECAST_REDIS_URL", \.redisURL, .secretURL(schemes: NodeConfiguration.redisSchemes), kind: .secret,
            example: "redis://127.0.0.1:6379"),
        Setting(
            "SCORECAST_REDIS_PREFIX", \.redisPrefix, .keyPrefix, example: "game1:",
            unset: "(from the number of the database)"),
        Setting(
            "SCORECAST_REDIS_TIMEOUT", \.redisTimeout, .duration(.milliseconds(10) ... .seconds(60)), example: "2s"),
        Setting(
            "SCORECAST_POSTGRES_URL", \.postgresURL, .secretURL(schemes: NodeConfiguration.postgresSchemes),
            kind: .secret, example: "postgresql://scorecast@127.0.0.1:5432/scorecast"),
        Setting("SCORECAST_POSTGRES_POOL", \.postgresPool, .integer(1...128), example: "4"),
        Setting("SCORECAST_PARTITIONS", \.partitions, .integer(1...64), example: "16"),
    ]

    private static let tokens = [
        Setting(
            "SCORECAST_JWT_SECRET", \.jwtSecret, .secretText, kind: .secret,
            example: "what `openssl rand -hex 32` prints"),
        Setting(
            "SCORECAST_JWT_JWKS", \.jwtKeySet, .optional(.keySetLocation),
            example: "https://id.example.com/.well-known/jwks.json"),
        Setting(
            "SCORECAST_JWT_ISSUER", \.jwtIssuer, .optional(.text(limit: 1_024)), example: "https://id.example.com/"),
        Setting("SCORECAST_JWT_AUDIENCE", \.jwtAudience, .optional(.text(limit: 1_024)), example: "scorecast"),
        Setting(
            "SCORECAST_ACTION_KEYS", \.actionKeys, .actionKeys, kind: .secret,
            example: "k1:<what `openssl rand -base64 32` prints>"),
        Setting(
            "SCORECAST_ACTION_MAX_AGE", \.actionMaxAge, .duration(.seconds(1) ... .seconds(86_400)), example: "600s"),
        Setting("SCORECAST_ACTION_SKEW", \.actionSkew, .duration(.zero ... .seconds(3_600)), example: "30s"),
    ]

    private static let behaviour = [
        Setting("SCORECAST_RATE_LIMIT", \.rateLimit, .rateLimit, example: "10/60s"),
        Setting("SCORECAST_ADDRESS_RATE_LIMIT", \.addressRateLimit, .rateLimit, example: "100000/1s"),
        Setting("SCORECAST_VELOCITY_LIMIT", \.velocityLimit, .rateLimit, example: "1000/60s", unset: "off"),
        Setting("SCORECAST_ACK", \.acknowledgement, .oneOf(Acknowledgement.self), example: "applied"),
        Setting(
            "SCORECAST_FANOUT_INTERVAL", \.fanoutInterval, .duration(.zero ... .seconds(60)), example: "50ms"),
        Setting(
            "SCORECAST_SHUTDOWN_TIMEOUT", \.shutdownTimeout, .duration(.milliseconds(100) ... .seconds(3_600)),
            example: "10s"),
        Setting("SCORECAST_LOG_LEVEL", \.logLevel, .oneOf(Logger.Level.self), example: "info"),
        Setting("SCORECAST_LOG_FORMAT", \.logFormat, .oneOf(LogFormat.self), example: "json"),
    ]
}
