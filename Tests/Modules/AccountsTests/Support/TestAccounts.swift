import Access
import Accounts
import Basics
import HTTPKit
import HTTPTypes
import Hummingbird
import LocalServers
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PostgresClient
import RedisClient
import Signing
import Storage
import StrictJSON
import TestSupport
import Testing

/// The routes of accounts on a real Redis and a real Postgres, with cheap hashes.
struct TestAccounts: Sendable {
    let pool: PostgresPool
    let redis: RedisClient
    let passwords: PasswordHasher
    let accounts: PostgresAccountStore
    let sessions: PostgresSessionStore
    let limits: RedisAttemptLimits
    let spread = RecordedSpread()
    /// The addresses that were claimed, after the id of the user and a space.
    let claimed = NIOLockedValueBox<[String]>([])
    private let responder: RouterResponder<TestContext>
    private let key: TokenKey
    private let verifier: TokenVerifier

    static let cheap = parameters(logN: 4)
    /// The issuer of tokens with a session.
    static let issuer = "scorecast"
    static let good = "a password of many words"

    static func parameters(logN: Int) -> ScryptParameters {
        guard let parameters = ScryptParameters(logN: logN, blockSize: 8, parallelism: 1) else { preconditionFailure() }
        return parameters
    }

    fileprivate init(pool: PostgresPool, redis: RedisClient, parameters: ScryptParameters) async throws {
        self.pool = pool
        self.redis = redis
        let passwords = try PasswordHasher(parameters: parameters, threads: 2)
        let accounts = PostgresAccountStore(pool: pool)
        let sessions = PostgresSessionStore(pool: pool)
        let limits = RedisAttemptLimits(redis: redis)
        let key = try await TokenKey.hs256(secret: Array("an HS256 secret of the tests, 32+ bytes".utf8))
        let tokens = AccessTokens(
            issuer: { TokenIssuer(key: key, issuer: Self.issuer) }, now: WallClock.milliseconds)
        let registration = Registration(
            accounts: accounts, limits: limits, passwords: passwords, tokens: tokens,
            onEmailClaimed: { [claimed] userID, email in
                claimed.withLockedValue { $0.append("\(userID) \(email.text)") }
            }
        )
        let signIn = SignIn(
            accounts: accounts, sessions: sessions, limits: limits, passwords: passwords, parameters: parameters,
            spread: spread, tokens: tokens, logger: quietLogger)
        var table = RouteTable()
        SessionRoutes(
            registration: registration, signIn: signIn, accounts: accounts, sessions: sessions,
            passwords: passwords, spread: spread, tokens: tokens
        ).addRoutes(to: &table)
        let group = MultiThreadedEventLoopGroup.singleton
        verifier = try TokenVerifier(keys: [key], ownIssuer: Self.issuer)
        let verifiers = TokenVerifiers(verifier: verifier, group: group, now: WallClock.milliseconds)
        // No session has ended as far as this node knows: the tests look into the database.
        var news = CredentialBook.News()
        news.knownUntil = .max
        verifiers.apply(news)
        let router = Router(context: TestContext.self)
        table.install(
            on: router,
            authenticator: RequestAuthenticator(
                tokens: verifiers, addressLimit: nil, isTrustedProxy: nil, group: group), audit: NoAuditLog())
        responder = router.buildResponder()
        (self.key, self.passwords, self.accounts, self.sessions, self.limits) = (
            key, passwords, accounts, sessions, limits
        )
    }

    /// A token that a game's own backend signed: it has no session.
    func foreignToken(_ subject: String) throws -> String {
        let now = WallClock.milliseconds()
        return try TokenIssuer(key: key).sign(sub: subject, issuedAt: now, expiresAt: now + 60_000)
    }

    /// The claims of a token.
    func claims(_ token: String) throws -> Claims { try verifier.verify(token, now: WallClock.milliseconds()) }

    /// Sends a request with JSON, and waits for its answer.
    func post(
        _ path: String, _ json: String = "", token: String? = nil, from address: String = "192.0.2.1"
    ) async throws -> TestAnswer {
        var fields = HTTPFields()
        if !json.isEmpty { fields[.contentType] = "application/json" }
        if let token { fields[.authorization] = "Bearer \(token)" }
        let request = Request(
            head: HTTPRequest(method: .post, scheme: "http", authority: "test", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: json)))
        let context = TestContext(
            source: .init(logger: quietLogger, address: try SocketAddress(ipAddress: address, port: 4711)))
        let response = try await responder.respond(to: request, context: context)
        let body = NIOLockedValueBox(ByteBuffer())
        try await response.body.write(TestContext.Collector(bytes: body))
        return TestAnswer(
            status: Int(response.status.code),
            fields: response.headers.map { "\($0.name.canonicalName): \($0.value)" }.sorted(),
            body: String(buffer: body.withLockedValue { $0 }))
    }

    func logIn(
        _ username: String, _ password: String = good, from address: String = "192.0.2.1"
    ) async throws -> TestAnswer {
        try await post("/auth/login", #"{"username":"\#(username)","password":"\#(password)"}"#, from: address)
    }

    func refresh(_ token: String) async throws -> TestAnswer {
        try await post("/auth/refresh", #"{"refresh_token":"\#(token)"}"#)
    }

    /// Registers a user with the password ``good``.
    @discardableResult
    func register(_ username: String, more: String = "", from address: String = "192.0.2.1") async throws -> TestAnswer
    {
        let answer = try await post(
            "/auth/register", #"{"username":"\#(username)","password":"\#(Self.good)"\#(more)}"#, from: address)
        #expect(answer.status == 201, "\(answer.body)")
        return answer
    }

    /// Runs SQL as an operator would.
    func run(_ sql: String) async throws { try await pool.withConnection { try $0.script(sql) } }

    /// The first column of a query, as text.
    func column(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.stringOrNil(0) ?? "NULL" } }
    }
}

/// Runs a test on fresh stores.
///
/// - Parameters:
///   - parameters: the cost of hashes.
///   - clock: the clock of Redis; nil for that of the machine.
func withAccounts(
    parameters: ScryptParameters = TestAccounts.cheap, clock: SetClock? = nil,
    _ body: (TestAccounts) async throws -> Void
) async throws {
    try await withPostgres { postgres in
        if let clock {
            try await withPrivateRedis(clock: clock) { redis in
                try await withAccounts(parameters, postgres.url, redis.url, body)
            }
        } else {
            try await withRedis { redis in try await withAccounts(parameters, postgres.url, redis.url, body) }
        }
    }
}

private func withAccounts(
    _ parameters: ScryptParameters, _ postgres: String, _ redis: String, _ body: (TestAccounts) async throws -> Void
) async throws {
    let pool = try PostgresPool(configuration: PostgresConfiguration(url: postgres), logger: quietLogger)
    let client = try RedisClient(
        configuration: try RedisConfiguration(url: redis), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
        scripts: Scripts.all, logger: quietLogger)
    let running = Task { try await client.run() }
    try await withCleanUp {
        try await Migrator.migrate(pool: pool, migrations: Migrations.all)
        try await client.waitUntilConnected(timeout: .seconds(20))
        try await body(TestAccounts(pool: pool, redis: client, parameters: parameters))
    } then: {
        running.cancel()
        _ = await running.result
        _ = await pool.shutdown(grace: .seconds(5))
    }
}
