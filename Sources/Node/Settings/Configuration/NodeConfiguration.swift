import Basics
import Logging
import Signing

/// All settings of one node, as a plain value: those that several parts of a node read as properties, those of one
/// module in a value of the module's own (`configuration[GatewaySettings.self]`).
///
/// `NodeConfiguration()` holds the defaults; ``load(_:environment:roles:requiring:ignoring:)`` reads
/// environment variables and a YAML file over them; ``validate(for:requiring:)`` says all that is wrong with the
/// result; ``describe()`` lists it without secrets.
public struct NodeConfiguration: Sendable {
    // MARK: Listener

    /// Address or name to listen on (`SCORECAST_HTTP_HOST`).
    public var httpHost = "127.0.0.1"
    /// Port to listen on; 0 lets the system choose (`SCORECAST_HTTP_PORT`).
    public var httpPort = 8080
    /// Port of a listener for operators alone, which has `/metrics` and what `/readyz` knows; nil: the port above has
    /// them (`SCORECAST_OPERATIONS_PORT`).
    public var operationsPort: Int?
    /// Address or name that it listens on (`SCORECAST_OPERATIONS_HOST`).
    public var operationsHost = "127.0.0.1"
    /// Event loops; nil: one for each core that the process may use (`SCORECAST_THREADS`).
    public var threads: Int?
    /// Origins (`https://host[:port]`, and those of app shells, such as `capacitor://localhost`) that may call and
    /// connect from a browser beside the node's own, or `*` alone for any (`SCORECAST_ALLOWED_ORIGINS`).
    public var allowedOrigins: [String] = []
    /// Proxies whose `X-Forwarded-For` or `Forwarded` is believed (`SCORECAST_TRUSTED_PROXIES`).
    public var trustedProxies: [AddressBlock] = []

    // MARK: Stores

    /// Where Redis is, with its password (`SCORECAST_REDIS_URL`).
    public var redisURL: Secret<String>?
    /// The beginning of every key and channel in Redis; nil: as the number of the database says
    /// (`SCORECAST_REDIS_PREFIX`).
    public var redisPrefix: String?
    /// How long a Redis command may take (`SCORECAST_REDIS_TIMEOUT`).
    public var redisTimeout: Duration = .seconds(2)
    /// libpq's connection URL of Postgres, with its password (`SCORECAST_POSTGRES_URL`).
    public var postgresURL: Secret<String>?
    /// Connections to Postgres (`SCORECAST_POSTGRES_POOL`).
    public var postgresPool = 4
    /// Partitions that boards are spread over; the same on every node, for the life of the data
    /// (`SCORECAST_PARTITIONS`).
    public var partitions = 16

    // MARK: Tokens and action ids

    /// The HS256 secret of tokens, at least 32 bytes (`SCORECAST_JWT_SECRET`).
    public var jwtSecret: Secret<String>?
    /// The deployment's own keys of tokens, EdDSA or ES256; the first one signs, all verify (`SCORECAST_TOKEN_KEYS`).
    public var tokenKeys: [OwnTokenKey] = []
    /// Keys of an identity provider that verify tokens with RS256, ES256 or EdDSA (`SCORECAST_JWT_JWKS`).
    public var jwtKeySet: KeySetLocation?
    /// The issuer that tokens must name, but those of ``tokenIssuer``; nil: not checked (`SCORECAST_JWT_ISSUER`).
    public var jwtIssuer: String?
    /// The audience that tokens must name; nil: not checked (`SCORECAST_JWT_AUDIENCE`).
    public var jwtAudience: String?
    /// What subjects of tokens of the key set get in front, with a colon; nil: nothing (`SCORECAST_JWT_NAME`).
    public var jwtName: String?
    /// The issuer of the tokens that accounts make (`SCORECAST_TOKEN_ISSUER`).
    public var tokenIssuer = "scorecast"
    /// The keys of action ids; the first one signs, all verify (`SCORECAST_ACTION_KEYS`).
    public var actionKeys: [ActionKeySetting] = []
    /// How long after its issue time an action id is valid (`SCORECAST_ACTION_MAX_AGE`).
    public var actionMaxAge: Duration = .seconds(600)
    /// How far an action id's issue time may lie in the future (`SCORECAST_ACTION_SKEW`).
    public var actionSkew: Duration = .seconds(30)

    // MARK: Behaviour

    /// Updates for each user and board; nil: no limit (`SCORECAST_RATE_LIMIT`).
    public var rateLimit: RateLimit? = RateLimit(count: 10, period: .seconds(60))
    /// Requests with a token of one client address on this node, coarsely; nil: no limit
    /// (`SCORECAST_ADDRESS_RATE_LIMIT`).
    public var addressRateLimit: RateLimit? = RateLimit(count: 100_000, period: .seconds(1))
    /// Points that a user may gain on a board; nil: no limit (`SCORECAST_VELOCITY_LIMIT`).
    public var velocityLimit: RateLimit?
    /// The most bytes that updates which wait for Postgres may take in Redis; nil: a quarter of its `maxmemory`, or 2
    /// GiB if it has none (`SCORECAST_OUTBOX_MAX_BYTES`).
    public var outboxBytesMax: Int?
    /// When an update is answered (`SCORECAST_ACK`).
    public var acknowledgement: Acknowledgement = .applied
    /// Whether persisters rebuild partitions by themselves (`SCORECAST_HEAL`).
    public var healing: Healing = .automatic
    /// How long a stop may take before connections are cut (`SCORECAST_SHUTDOWN_TIMEOUT`).
    public var shutdownTimeout: Duration = .seconds(10)

    // MARK: Logs

    /// The least level that is logged (`SCORECAST_LOG_LEVEL`).
    public var logLevel: Logger.Level = .info
    /// The form of log lines (`SCORECAST_LOG_FORMAT`).
    public var logFormat: LogFormat = .json

    /// Where each setting that was read comes from, by variable name; a setting that is not here has its default or
    /// was set by the program.
    var origins: [String: SettingOrigin] = [:]

    /// The source of this configuration, so that it can be read again; nil if the program made it.
    var loading: LoadedFrom?

    /// The settings that there are: what is read, listed and checked.
    let catalogue: SettingCatalogue
    /// The values of modules' settings that are not the defaults, by type.
    private var groups: [ObjectIdentifier: any SettingGroup] = [:]

    /// The defaults.
    ///
    /// - Parameter catalogue: the settings that there are; `.common` leaves those of modules out of listings and
    ///   checks.
    public init(catalogue: SettingCatalogue = .common) {
        self.catalogue = catalogue
    }

    /// The settings that only one module reads.
    package subscript<Group: SettingGroup>(_ group: Group.Type) -> Group {
        get { groups[ObjectIdentifier(group)] as? Group ?? Group() }
        set { groups[ObjectIdentifier(group)] = newValue }
    }
}

extension NodeConfiguration {
    /// Where programs on this machine reach a node of this configuration that listens on `port`.
    public func localURL(port: Int) -> String {
        let host = ["0.0.0.0", "::"].contains(httpHost) ? "127.0.0.1" : httpHost
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Least length of the HS256 secret in bytes: the hash's own length (RFC 7518 section 3.2).
    public static let jwtSecretBytesMin = 32
    /// Least length of an action key in bytes.
    public static let actionKeyBytesMin = 16
    /// Greatest length of an action key in bytes.
    public static let actionKeyBytesMax = 256
    /// Most action keys at once; rotation needs two.
    public static let actionKeysMax = 16
    /// The URL schemes that `SCORECAST_REDIS_URL` may have.
    public static let redisSchemes = ["redis", "rediss"]
    /// The URL schemes that `SCORECAST_POSTGRES_URL` may have.
    public static let postgresSchemes = ["postgresql", "postgres"]
}
