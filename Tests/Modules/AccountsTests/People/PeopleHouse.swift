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
import Players
import PostgresClient
import Signing
import Storage
import StrictJSON
import TestSupport

/// The routes about users over a real Postgres. It takes the place of what they call beside it, and records the calls.
final class PeopleHouse: CredentialSpread, AuditLog, UserErasure {
    /// An answer.
    struct Answer {
        let status: Int
        let body: String

        /// The body as JSON.
        var json: JSONValue { (try? JSONValue(Array(body.utf8))) ?? .null }
        /// The status and, for an error, its code.
        var outcome: String { "\(status)\(json["code"]?.string.map { " \($0)" } ?? "")" }
        /// The keys of the body, sorted.
        var keys: [String] { json.object?.members.map(\.key).sorted() ?? [] }
        /// The fields at fault.
        var fields: [String] { json["details"]?.array?.compactMap { $0["field"]?.string } ?? [] }
    }

    /// What was called.
    struct Record {
        var ended: [SessionID] = []
        var keyChanges = 0
        var entries: [AuditEntry] = []
        var emails: [String] = []
    }

    private struct Context: RemoteAddressRequestContext {
        struct Source: RequestContextSource { let logger: Logger }
        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress?

        init(source: Source) {
            coreContext = CoreRequestContextStorage(source: source)
            remoteAddress = try? SocketAddress(ipAddress: "192.0.2.7", port: 1)
        }
    }

    private struct Collector: ResponseBodyWriter {
        let bytes: NIOLockedValueBox<ByteBuffer>
        func write(_ buffer: ByteBuffer) async throws { bytes.withLockedValue { _ = $0.writeImmutableBuffer(buffer) } }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    /// The time of the routes, in ms since 1970.
    static let now = WallClock.milliseconds()

    let pool: PostgresPool
    private let box = NIOLockedValueBox(Record())
    private let tokenKey: TokenKey

    init(pool: PostgresPool) async throws {
        self.pool = pool
        tokenKey = try await TokenKey.hs256(secret: Array("an HS256 secret of the tests, 32+ bytes".utf8))
    }

    /// What was called until now.
    var record: Record { box.withLockedValue { $0 } }
    /// The acts in the audit log.
    var acts: [String] { record.entries.map { "\($0.act) \($0.outcome.rawValue)" } }

    // MARK: Beside the routes

    func sessionsEnded(_ sessions: [SessionID]) async { box.withLockedValue { $0.ended += sessions } }
    func keysChanged() async { box.withLockedValue { $0.keyChanges += 1 } }
    func record(_ entry: AuditEntry) { box.withLockedValue { $0.entries.append(entry) } }

    func erase(_ userID: String) async throws(StoreError) -> [SessionID] {
        do {
            return try await pool.withConnection { connection in
                let sessions = try connection.query(
                    "SELECT session_id FROM sessions WHERE user_id = $1", [.text(userID)]
                ).rows.compactMap { SessionID(try $0.string("session_id")) }
                try connection.execute("DELETE FROM users WHERE user_id = $1", [.text(userID)])
                return sessions
            }
        } catch {
            throw StoreError(.unavailable, "\(error)")
        }
    }

    // MARK: Requests

    private func table(jobSetter: JobSetter) -> RouteTable {
        var table = RouteTable()
        let desk = PeopleDesk(
            people: PostgresPeopleStore(pool: pool), profiles: PostgresProfileStore(pool: pool),
            wallets: PostgresWalletStore(pool: pool), spread: self, audit: self, logger: quietLogger)
        PeopleRoutes(
            desk: desk, erasure: self, jobSetter: jobSetter,
            changeEmail: { [box] _, _, email, password in
                guard password == "correct horse" else { throw APIError(.invalidCredentials) }
                box.withLockedValue { $0.emails.append(email) }
            },
            checkPassword: { _, _, password in
                guard password == "correct horse" else { throw APIError(.invalidCredentials) }
            }
        ).addRoutes(to: &table)
        UserAdministrationRoutes(desk: desk, idempotency: nil).addRoutes(to: &table)
        APIKeyRoutes(desk: desk, keys: PostgresAPIKeyStore(pool: pool), now: { Self.now }).addRoutes(to: &table)
        return table
    }

    /// The routes, each with what it demands.
    var routes: [RouteTable.Route] { table(jobSetter: .user).routes }

    /// Sends a request as a user with a role, and waits for its answer.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as user: String?, _ role: Role = .player,
        jobSetter: JobSetter = .user
    ) async throws -> Answer {
        let group = MultiThreadedEventLoopGroup.singleton
        let authenticator = RequestAuthenticator(
            tokens: TokenVerifiers(verifier: try TokenVerifier(keys: [tokenKey]), group: group, now: { Self.now }),
            addressLimit: nil, isTrustedProxy: nil, group: group)
        let router = Router(context: Context.self)
        table(jobSetter: jobSetter).install(on: router, authenticator: authenticator, audit: self)
        var fields = HTTPFields()
        if body != nil { fields[.contentType] = "application/json" }
        if let user {
            let token = try TokenIssuer(key: tokenKey).sign(
                sub: user, role: role, issuedAt: Self.now, expiresAt: Self.now + 60_000)
            fields[.authorization] = "Bearer \(token)"
        }
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "test", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let response = try await router.buildResponder().respond(
            to: request, context: Context(source: .init(logger: quietLogger)))
        let bytes = NIOLockedValueBox(ByteBuffer())
        try await response.body.write(Collector(bytes: bytes))
        return Answer(status: Int(response.status.code), body: bytes.withLockedValue { String(buffer: $0) })
    }

    // MARK: The database

    /// Adds an account with a session, and returns the session.
    @discardableResult
    func add(_ id: String, role: Role = .player, email: String? = nil, name: String? = nil) async throws -> SessionID {
        let session = SessionID.random()
        try await pool.withConnection { connection in
            try connection.execute(
                """
                INSERT INTO users (user_id, username, password_hash, role, email, email_key)
                VALUES ($1, $1 || '.Name', 'secret-hash', $2, $3, lower($3))
                """, [.text(id), .text(role.rawValue), .text(orNull: email)])
            try connection.execute(
                "INSERT INTO sessions (session_id, user_id, expires_at) VALUES ($1, $2, now() + '1 day')",
                [.text(session.description), .text(id)])
            if let name {
                try connection.execute(
                    "INSERT INTO profiles (user_id, name) VALUES ($1, $2)", [.text(id), .text(name)])
            }
        }
        return session
    }

    /// The first column of a query, as text.
    func column(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.stringOrNil(0) ?? "NULL" } }
    }

    /// All that a change could change, as text.
    func everything() async throws -> [String] {
        try await column(
            """
            SELECT users::text FROM users UNION ALL SELECT profiles::text FROM profiles
            UNION ALL SELECT wallets::text FROM wallets UNION ALL SELECT sessions::text FROM sessions
            UNION ALL SELECT api_keys::text FROM api_keys ORDER BY 1
            """)
    }
}

/// Runs a test with the routes on a fresh, migrated database.
func withPeople(_ body: (PeopleHouse) async throws -> Void) async throws {
    try await withPostgres { database in
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: database.url), logger: quietLogger)
        do {
            try await Migrator.migrate(pool: pool, migrations: Migrations.all)
            try await body(try await PeopleHouse(pool: pool))
        } catch {
            _ = await pool.shutdown(grace: .seconds(5))
            throw error
        }
        _ = await pool.shutdown(grace: .seconds(5))
    }
}
