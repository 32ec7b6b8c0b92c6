import Access
import Awards
import Basics
import HTTPKit
import HTTPTypes
import Hummingbird
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Play
import Players
import PostgresClient
import Signing
import Storage
import StrictJSON
import TestSupport

/// The routes of challenges over a real Postgres. It takes the place of what they call beside it, and records the
/// calls.
final class ChallengeHouse: LiveSender, AwardDesk, GamificationReader {
    /// An answer.
    struct Answer: Sendable {
        let status: Int
        let body: String

        /// The body as JSON.
        var json: JSONValue { (try? JSONValue(Array(body.utf8))) ?? .null }
        /// The challenge of the body.
        var challenge: JSONValue { json["challenge"] ?? .null }
        /// The status and, for an error, its code.
        var outcome: String { "\(status)\(json["code"]?.string.map { " \($0)" } ?? "")" }
        /// The fields at fault.
        var fields: [String] { json["details"]?.array?.compactMap { $0["field"]?.string } ?? [] }
    }

    /// What was sent.
    struct Record {
        var messages: [(user: String, text: String)] = []
        var progress: [(challenge: String, progress: RoomProgress)] = []
        var settled: [Int64] = []
        var wakes = 0
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

    let pool: PostgresPool
    let store: PostgresChallengeStore
    let queue: PostgresChallengeQueue
    private let box = NIOLockedValueBox(Record())
    private let tokenKey: TokenKey

    init(pool: PostgresPool) async throws {
        self.pool = pool
        store = PostgresChallengeStore(pool: pool)
        queue = PostgresChallengeQueue(pool: pool)
        tokenKey = try await TokenKey.hs256(secret: Array("an HS256 secret of the tests, 32+ bytes".utf8))
    }

    /// What was sent until now.
    var record: Record { box.withLockedValue { $0 } }

    // MARK: Beside the routes

    func send(_ message: String, to userID: String, isNotification: Bool) async throws(StoreError) {
        box.withLockedValue { $0.messages.append((userID, message)) }
    }

    func send(_ progress: RoomProgress, to challenge: String) async throws(StoreError) {
        box.withLockedValue { $0.progress.append((challenge, progress)) }
    }

    func settle(_ id: Int64, within patience: Duration) async -> AwardState {
        box.withLockedValue { $0.settled.append(id) }
        return .applied(score: 70, rank: 3)
    }

    func standing(
        of userID: String, afterAward awardID: Int64?, within patience: Duration
    ) async -> CompletionStanding? {
        CompletionStanding(badges: [], streak: StreakStanding(days: 1, longest: 1, freezes: 0, isAtRisk: false))
    }

    // MARK: Requests

    private var table: RouteTable {
        var table = RouteTable()
        let idempotency = Idempotency(store: PostgresIdempotencyStore(pool: pool), logger: quietLogger)
        ChallengeRoutes(
            challenges: store, live: self, idempotency: idempotency, logger: quietLogger,
            wake: { [box] in box.withLockedValue { $0.wakes += 1 } }
        ).addRoutes(to: &table)
        ChallengeCompletionRoute(
            completions: PostgresChallengeCompletions(pool: pool, board: "global"),
            completion: Completion(desk: self, gamification: self), idempotency: idempotency, logger: quietLogger
        ).addRoutes(to: &table)
        return table
    }

    /// Sends a request as a user, and waits for its answer.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as user: String? = "u1",
        key: String? = nil
    ) async throws -> Answer {
        let group = MultiThreadedEventLoopGroup.singleton
        let now = WallClock.milliseconds()
        let authenticator = RequestAuthenticator(
            tokens: TokenVerifiers(verifier: try TokenVerifier(keys: [tokenKey]), group: group, now: { now }),
            addressLimit: nil, isTrustedProxy: nil, group: group)
        let router = Router(context: Context.self)
        table.install(on: router, authenticator: authenticator, audit: NoAuditLog())
        var fields = HTTPFields()
        if body != nil { fields[.contentType] = "application/json" }
        if let key, let name = HTTPField.Name(IdempotencyKey.field) { fields[name] = key }
        if let user {
            let token = try TokenIssuer(key: tokenKey).sign(
                sub: user, role: .player, issuedAt: now, expiresAt: now + 60_000)
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

    /// Adds a task, and returns its id.
    func addTask(
        of user: String = "u1", title: String = "Read a book", type: String? = "work", status: String = "open"
    ) async throws -> Int64 {
        try await pool.withConnection { connection in
            try connection.query(
                """
                INSERT INTO tasks (user_id, title, type, status, completed_at)
                VALUES ($1, $2, $3, $4, CASE WHEN $4 = 'done' THEN now() END) RETURNING task_id
                """, [.text(user), .text(title), .text(orNull: type), .text(status)]
            ).first?.int("task_id") ?? 0
        }
    }

    /// Adds a challenge that waits to be generated, and returns its id.
    func addChallenge(of user: String = "u1", task: Int64) async throws -> String {
        let answer = try await send(.post, "/challenges/generate", #"{"task_id":"\#(task)"}"#, as: user)
        return answer.challenge["id"]?.string ?? answer.outcome
    }

    /// Adds a challenge that is ready, with these hints, and returns its id.
    func addReady(of user: String = "u1", costs: [Int64] = [0, 2, 5], type: String? = "work") async throws -> String {
        let id = try await addChallenge(of: user, task: try await addTask(of: user, type: type))
        let hints = costs.enumerated().map { ChallengeHint(text: "hint \($0.offset)", cost: $0.element) }
        let content = ChallengeContent(
            title: "The title", description: "The text", steps: ["One", "Two"], hints: hints)
        for work in try await queue.claim(limit: 100, lease: .seconds(60)) where ByteExact(work.id) == ByteExact(id) {
            _ = try await queue.finish(work, GeneratedChallenge(content: content, origin: .ai))
        }
        return id
    }

    /// Puts coins into a wallet.
    func give(_ coins: Int64, to user: String) async throws {
        _ = try await PostgresWalletStore(pool: pool).make(
            WalletChange(userID: user, currency: .coins, way: .credit(coins), reason: "test", reference: "1"))
    }

    /// The coins of a wallet.
    func coins(of user: String) async throws -> Int64 {
        try await PostgresWalletStore(pool: pool).wallet(of: user).coins
    }

    /// Runs SQL as an operator would.
    func run(_ sql: String) async throws { try await pool.withConnection { try $0.script(sql) } }

    /// The first column of a query, as text.
    func column(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.stringOrNil(0) ?? "NULL" } }
    }
}

/// Runs a test with the routes on a fresh, migrated database.
func withChallenges(_ body: (ChallengeHouse) async throws -> Void) async throws {
    try await withPostgres { database in
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: database.url), logger: quietLogger)
        try await withCleanUp {
            try await Migrator.migrate(pool: pool, migrations: Migrations.all)
            try await body(try await ChallengeHouse(pool: pool))
        } then: {
            _ = await pool.shutdown(grace: .seconds(5))
        }
    }
}
