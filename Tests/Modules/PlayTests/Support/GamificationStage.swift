import Access
import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Play
import Signing
import Storage
import StrictJSON
import TestSupport

/// The routes of gamification, analytics and notifications over a followed world.
struct GamificationStage {
    let world: FollowedWorld
    let key: TokenKey

    /// An answer: the status, the code of an error, and the body.
    struct Answer {
        let status: Int
        let body: String

        /// The body as JSON.
        var json: JSONValue { (try? JSONValue(Array(body.utf8))) ?? .null }
        /// The status, the code of an error, and the fields at fault.
        var outcome: String {
            let fields = json["details"]?.array?.compactMap { $0["field"]?.string } ?? []
            return (["\(status)"] + [json["code"]?.string].compactMap(\.self) + fields).joined(separator: " ")
        }
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

    init(_ world: FollowedWorld) async throws {
        self.world = world
        key = try await TokenKey.hs256(secret: Array("an HS256 secret of the tests, 32+ bytes".utf8))
    }

    private var table: RouteTable {
        let now: @Sendable () -> Int64 = { FollowedWorld.start }
        let groups: [any PlayRoutes] = [
            GamificationRoutes(
                players: world.players(), badges: world.badges, leaderboard: { _ in .json { $0.string("board") } },
                logger: quietLogger, now: now),
            BadgeRoutes(badges: world.badges, audit: NoAuditLog(), logger: quietLogger),
            AnalyticsRoutes(analytics: PostgresAnalytics(pool: world.pool), logger: quietLogger, now: now),
            NotificationRoutes(store: world.notifications, idempotency: nil, logger: quietLogger),
        ]
        var table = RouteTable()
        for group in groups { group.addRoutes(to: &table) }
        return table
    }

    /// Sends a request as a user with a role, and waits for its answer.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as user: String? = "u1",
        _ role: Role = .player
    ) async throws -> Answer {
        let group = MultiThreadedEventLoopGroup.singleton
        let now = FollowedWorld.start
        let authenticator = RequestAuthenticator(
            tokens: TokenVerifiers(verifier: try TokenVerifier(keys: [key]), group: group, now: { now }),
            addressLimit: nil, isTrustedProxy: nil, group: group)
        let router = Router(context: Context.self)
        table.install(on: router, authenticator: authenticator, audit: NoAuditLog())
        var fields = HTTPFields()
        if body != nil { fields[.contentType] = "application/json" }
        if let user {
            let token = try TokenIssuer(key: key).sign(sub: user, role: role, issuedAt: now, expiresAt: now + 60_000)
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
}
