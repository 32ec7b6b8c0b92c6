import Access
import Accounts
import Basics
import HTTPKit
import HTTPTypes
import Hummingbird
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PostgresClient
import Signing
import Storage
import Synchronization
import TestSupport
import Testing

/// The routes for mail over a real Postgres. Mail, limits and the hashes of passwords are in memory.
struct MailStage: Sendable {
    /// An answer.
    struct Answer: Equatable {
        let status: Int
        let fields: [String: String]
        let body: String

        /// The code of an error; nil for another answer.
        var code: String? {
            body.firstRange(of: #""code":""#).map { String(body[$0.upperBound...].prefix { $0 != "\"" }) }
        }
    }

    let pool: PostgresPool
    let tokens: PostgresOneTimeTokens
    let post = RecordedPost()
    let limits = CountedLimits()
    let spread = RecordedSpread()
    let passwords = PlainPasswords()
    /// Nil if the server sends no mail.
    let requests: MailRequests?
    let change: EmailChange
    private let responder: RouterResponder<StageContext>
    private let tokenKey: TokenKey

    private static let secret = Array("an HS256 secret of the tests, 32+ bytes".utf8)
    private static let now: Int64 = 1_790_000_000_000

    private init(_ pool: PostgresPool, sendsMail: Bool, publicURL: String?) async throws {
        self.pool = pool
        tokens = PostgresOneTimeTokens(pool: pool)
        requests =
            sendsMail
            ? MailRequests(
                tokens: tokens, limits: limits, mailer: post, texts: MailTexts(publicURL: publicURL),
                logger: quietLogger) : nil
        change = EmailChange(tokens: tokens, requests: requests, spread: spread) { password, _, _ in
            guard password == "right" else { throw APIError(.invalidCredentials) }
        }
        tokenKey = try await TokenKey.hs256(secret: Self.secret)
        let group = MultiThreadedEventLoopGroup.singleton
        let verifiers = TokenVerifiers(
            verifier: try TokenVerifier(keys: [tokenKey]), group: group, now: { Self.now })
        var table = RouteTable()
        MailRoutes(
            tokens: tokens, limits: limits, requests: requests, passwords: passwords,
            passwordProblem: { $0.count < 10 ? "must have 10 to 256 characters" : nil }, spread: spread
        ).addRoutes(to: &table)
        let router = Router(context: StageContext.self)
        table.install(
            on: router,
            authenticator: RequestAuthenticator(
                tokens: verifiers, addressLimit: nil, isTrustedProxy: nil, group: group), audit: NoAuditLog())
        responder = router.buildResponder()
    }

    /// Runs a test on a fresh database.
    static func run(
        sendsMail: Bool = true, publicURL: String? = "https://game.example/", _ body: (MailStage) async throws -> Void
    ) async throws {
        try await withPostgres { database in
            let pool = try PostgresPool(configuration: PostgresConfiguration(url: database.url), logger: quietLogger)
            try await withCleanUp {
                try await Migrator.migrate(pool: pool, migrations: Migrations.all)
                let stage = try await MailStage(pool, sendsMail: sendsMail, publicURL: publicURL)
                guard let requests = stage.requests else { return try await body(stage) }
                try await withRunning({ await requests.run() }) { try await body(stage) }
            } then: {
                _ = await pool.shutdown(grace: .seconds(5))
            }
        }
    }

    /// Makes an account with a number of sessions. Its id is `usr_` and the name.
    func addUser(_ name: String, email: String? = nil, isVerified: Bool = false, sessions: Int = 0) async throws {
        let key = email?.lowercased()
        try await pool.withConnection { connection in
            try connection.execute(
                """
                INSERT INTO users (user_id, username, password_hash, email, email_key, email_verified_at)
                VALUES ($1, $2, 'old', $3, $4, CASE WHEN $5::boolean THEN now() END)
                """,
                [.text("usr_\(name)"), .text(name), .text(orNull: email), .text(orNull: key), .bool(isVerified)])
            for _ in 0..<sessions {
                try connection.execute(
                    """
                    INSERT INTO sessions (session_id, user_id, expires_at)
                    VALUES ($1, $2, now() + interval '1 day')
                    """, [.text("\(SessionID.random())"), .text("usr_\(name)")])
            }
        }
    }

    /// The first column of a statement's rows, as text.
    func column(_ sql: String) async throws -> [String?] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.stringOrNil(.index(0)) } }
    }

    /// Runs a statement.
    func run(_ sql: String) async throws { try await pool.withConnection { try $0.script(sql) } }

    /// Sends a request and waits for its answer.
    func send(_ path: String, _ body: String, as user: String? = nil, session: SessionID? = nil) async throws -> Answer
    {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let user {
            let token = try TokenIssuer(key: tokenKey).sign(
                sub: "usr_\(user)", issuedAt: Self.now, expiresAt: Self.now + 60_000, session: session)
            fields[.authorization] = "Bearer \(token)"
        }
        let request = Request(
            head: HTTPRequest(method: .post, scheme: "http", authority: "test", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body)))
        let response = try await responder.respond(to: request, context: StageContext(logger: quietLogger))
        let bytes = NIOLockedValueBox(ByteBuffer())
        try await response.body.write(Collector(bytes: bytes))
        return Answer(
            status: response.status.code,
            fields: Dictionary(response.headers.map { ($0.name.canonicalName, $0.value) }) { $1 },
            body: String(buffer: bytes.withLockedValue { $0 }))
    }

    /// Asks for a new password, and returns the token of the mail that comes.
    func resetToken(_ email: String) async throws -> String {
        let count = post.mails(to: email).count
        _ = try await send("/auth/reset-request", #"{"email":"\#(email)"}"#)
        try await eventually("the mail comes") { post.mails(to: email).count > count }
        return try #require(post.mails(to: email).last?.token)
    }

    private struct Collector: ResponseBodyWriter {
        let bytes: NIOLockedValueBox<ByteBuffer>
        func write(_ buffer: ByteBuffer) async throws { bytes.withLockedValue { _ = $0.writeImmutableBuffer(buffer) } }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
