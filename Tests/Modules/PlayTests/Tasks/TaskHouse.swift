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
import PostgresClient
import Signing
import Storage
import StrictJSON
import TestSupport

/// The routes of tasks and wallets over a real Postgres. It takes the place of the hub and of the followers.
final class TaskHouse: AuditLog, AwardDesk, GamificationReader {
    /// An answer.
    struct Answer {
        let status: Int
        let fields: HTTPFields
        let body: String

        /// The body as JSON.
        var json: JSONValue { (try? JSONValue(Array(body.utf8))) ?? .null }
        /// The status and, for an error, its code.
        var outcome: String { "\(status)\(json["code"]?.string.map { " \($0)" } ?? "")" }
        /// The fields at fault.
        var fieldsAtFault: [String] { json["details"]?.array?.compactMap { $0["field"]?.string } ?? [] }
    }

    /// What the stand-ins answer, and what they were told.
    struct Stand {
        var acts: [String] = []
        var asked: [Int64?] = []
        /// Whether awards are settled. Otherwise they stay pending.
        var settles = true
        var refuses = false
        var standing: CompletionStanding? = CompletionStanding(
            badges: [EarnedBadge(id: "first", name: "First task")],
            streak: StreakStanding(days: 3, longest: 5, freezes: 1, isAtRisk: false))
        var now = WallClock.milliseconds()
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
    let stand = NIOLockedValueBox(Stand())
    private let tokenKey: TokenKey

    init(pool: PostgresPool) async throws {
        self.pool = pool
        tokenKey = try await TokenKey.hs256(secret: Array("an HS256 secret of the tests, 32+ bytes".utf8))
    }

    // MARK: In place of other parts

    func record(_ entry: AuditEntry) { stand.withLockedValue { $0.acts.append("\(entry.act) \(entry.outcome)") } }

    /// Each award adds its points to 100, and its id is the rank.
    func settle(_ id: Int64, within patience: Duration) async -> AwardState {
        let (settles, refuses) = stand.withLockedValue { ($0.settles, $0.refuses) }
        guard settles else { return .pending }
        guard !refuses else { return .refused }
        let points = try? await column("SELECT points FROM awards WHERE award_id = \(id)").first
        return .applied(score: 100 + (points.flatMap { Int64($0) } ?? 0), rank: id)
    }

    func standing(
        of userID: String, afterAward awardID: Int64?, within patience: Duration
    ) async -> CompletionStanding? {
        stand.withLockedValue { stand in
            stand.asked.append(awardID)
            return stand.standing
        }
    }

    // MARK: Requests

    private var table: RouteTable {
        let idempotency = Idempotency(store: PostgresIdempotencyStore(pool: pool), logger: quietLogger)
        let now: @Sendable () -> Int64 = { [stand] in stand.withLockedValue { $0.now } }
        let tasks = PostgresTaskStore(pool: pool)
        let groups: [any PlayRoutes] = [
            TaskRoutes(tasks: tasks, idempotency: idempotency, logger: quietLogger, now: now),
            CompletionRoute(
                tasks: tasks, completions: PostgresTaskCompletions(pool: pool, board: "global"),
                completion: Completion(desk: self, gamification: self), idempotency: idempotency,
                logger: quietLogger, now: now),
            TemplateRoutes(templates: PostgresTemplateStore(pool: pool), audit: self, logger: quietLogger),
            RateRoutes(rates: PostgresRateStore(pool: pool), audit: self, logger: quietLogger),
            WalletRoutes(
                wallets: PostgresWalletStore(pool: pool), idempotency: idempotency, audit: self, logger: quietLogger),
        ]
        var table = RouteTable()
        for group in groups { group.addRoutes(to: &table) }
        return table
    }

    /// The routes, each with what it demands.
    var routes: [RouteTable.Route] { table.routes }

    /// Sends a request as a user with a role, and waits for its answer.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as user: String? = "u1",
        _ role: Role = .player, key: String? = nil
    ) async throws -> Answer {
        let group = MultiThreadedEventLoopGroup.singleton
        let now = WallClock.milliseconds()
        let authenticator = RequestAuthenticator(
            tokens: TokenVerifiers(verifier: try TokenVerifier(keys: [tokenKey]), group: group, now: { now }),
            addressLimit: nil, isTrustedProxy: nil, group: group)
        let router = Router(context: Context.self)
        table.install(on: router, authenticator: authenticator, audit: self)
        var fields = HTTPFields()
        if body != nil { fields[.contentType] = "application/json" }
        if let key, let name = HTTPField.Name("Idempotency-Key") { fields[name] = key }
        if let user {
            let token = try TokenIssuer(key: tokenKey).sign(
                sub: user, role: role, issuedAt: now, expiresAt: now + 60_000)
            fields[.authorization] = "Bearer \(token)"
        }
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "test", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let response = try await router.buildResponder().respond(
            to: request, context: Context(source: .init(logger: quietLogger)))
        let bytes = NIOLockedValueBox(ByteBuffer())
        try await response.body.write(Collector(bytes: bytes))
        return Answer(
            status: Int(response.status.code), fields: response.headers,
            body: bytes.withLockedValue { String(buffer: $0) })
    }

    /// Adds a task, and returns its id.
    func add(_ json: String = #"{"title":"t"}"#, as user: String = "u1") async throws -> String {
        try await send(.post, "/tasks", json, as: user).json["id"]?.string ?? "none"
    }

    /// Completes a task.
    func complete(_ id: String, as user: String = "u1") async throws -> Answer {
        try await send(.post, "/tasks/complete", #"{"task_id":"\#(id)"}"#, as: user)
    }

    /// The ids and statuses of a list.
    func list(_ query: String = "", as user: String = "u1") async throws -> [String] {
        let tasks = try await send(.get, "/tasks?\(query)", as: user).json["tasks"]?.array ?? []
        return tasks.map { "\($0["title"]?.string ?? "") \($0["status"]?.string ?? "")" }
    }

    /// The first column of a query, as text.
    func column(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.stringOrNil(0) ?? "NULL" } }
    }

    /// Runs SQL as an operator would.
    func run(_ sql: String) async throws {
        try await pool.withConnection { try $0.script(sql) }
    }
}

/// Runs a test with the routes on a fresh, migrated database.
func withTasks(_ body: (TaskHouse) async throws -> Void) async throws {
    try await withPostgres { database in
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: database.url), logger: quietLogger)
        do {
            try await Migrator.migrate(pool: pool, migrations: Migrations.all)
            try await body(try await TaskHouse(pool: pool))
        } catch {
            _ = await pool.shutdown(grace: .seconds(5))
            throw error
        }
        _ = await pool.shutdown(grace: .seconds(5))
    }
}
