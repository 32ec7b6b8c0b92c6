import API
import Access
import Basics
import HTTPKit
import HTTPTypes
import Hummingbird
import Leaderboard
import Listener
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import Signing
import TestSupport

/// The API over stores in memory, with its routes in front of Hummingbird, and those of Hummingbird.
struct TestAPI: Sendable {
    /// An answer.
    struct Answer {
        let status: Int
        let fields: HTTPHeaders
        let body: String

        /// The code of an error; nil for another answer.
        var code: String? {
            body.firstRange(of: #""code":""#).map { String(body[$0.upperBound...].prefix { $0 != "\"" }) }
        }

        /// The status and, for an error, its code.
        var outcome: String { "\(status)\(code.map { " \($0)" } ?? "")" }
    }

    private struct Context: RemoteAddressRequestContext {
        struct Source: RequestContextSource { let logger: Logger }
        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress? = nil

        init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
    }

    private struct Collector: ResponseBodyWriter {
        let bytes: NIOLockedValueBox<ByteBuffer>
        func write(_ buffer: ByteBuffer) async throws { bytes.withLockedValue { _ = $0.writeImmutableBuffer(buffer) } }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    let stores: FakeStores
    /// What administrators did.
    let audit = RecordedAudit()
    private let role: APIRole
    private let responder: RouterResponder<Context>
    private let tokenKey: TokenKey

    /// The time of the node's clock, in ms since 1970.
    static let now: Int64 = 1_790_000_000_000
    private static let secret = Array("an HS256 secret of the tests, 32+ bytes".utf8)
    private static let actionKey = Array("0123456789abcdef0123456789abcdef".utf8)

    init(_ stores: FakeStores, origins: [String] = []) async throws {
        self.stores = stores
        let group = MultiThreadedEventLoopGroup.singleton
        tokenKey = try await TokenKey.hs256(secret: Self.secret)
        let authenticator = RequestAuthenticator(
            tokens: TokenVerifiers(
                verifier: try TokenVerifier(keys: [tokenKey]), group: group, now: { Self.now }),
            addressLimit: nil, isTrustedProxy: nil, group: group)
        role = APIRole(
            writer: stores, reader: stores, archive: stores, catalogue: stores, store: stores, boards: stores,
            users: stores, suspicions: stores, outboxes: stores,
            authenticator: authenticator,
            actionIDs: ActionIDVerifier(keys: try ActionKeys([("k1", Self.actionKey)])), audit: audit, idempotency: nil,
            limits: APILimits(),
            cors: OriginPolicy(allowed: origins), group: group, logger: quietLogger, now: { Self.now })
        let router = Router(context: Context.self)
        var table = RouteTable()
        role.addRoutes(to: &table)
        table.install(on: router, authenticator: authenticator, audit: audit)
        responder = router.buildResponder()
    }

    /// Lets the node see how full the outboxes are.
    func measureOutboxes() async { await role.backlog.measure() }

    /// - Parameter scopes: of the token; nil for all of the role.
    func token(_ role: Role, scopes: Scopes? = nil) throws -> String {
        try TokenIssuer(key: tokenKey).sign(
            sub: "u1", role: role, issuedAt: Self.now, expiresAt: Self.now + 60_000, scopes: scopes)
    }

    /// Sends a request, and waits for its answer.
    func send(
        _ method: HTTPMethod, _ uri: String, _ body: String = "", as role: Role? = nil, scopes: Scopes? = nil,
        fields: [String: String] = [:]
    ) async throws -> Answer {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: uri)
        if !body.isEmpty { head.headers.add(name: "Content-Type", value: "application/json") }
        if let role { head.headers.add(name: "Authorization", value: "Bearer \(try token(role, scopes: scopes))") }
        for (name, value) in fields { head.headers.replaceOrAdd(name: name, value: value) }
        if let lane = self.role.fastRoutes.first(where: { $0.accepts(head) }) {
            return await ask(lane, head, body)
        }
        return try await askHummingbird(head, body)
    }

    private func ask(_ lane: any FastRoute, _ head: HTTPRequestHead, _ body: String) async -> Answer {
        let request = FastRequest(head: head, body: ByteBuffer(string: body), remoteAddress: nil)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = await withCheckedContinuation { continuation in
            loop.execute { lane.handle(request, on: loop) { continuation.resume(returning: $0) } }
        }
        return Answer(
            status: Int(answer.status.code), fields: HTTPHeaders(answer.fields.map { ($0.name, $0.value) }),
            body: String(buffer: answer.body))
    }

    private func askHummingbird(_ head: HTTPRequestHead, _ body: String) async throws -> Answer {
        var fields = HTTPFields()
        for (name, value) in head.headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        let method = HTTPRequest.Method(head.method.rawValue) ?? .get
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "test", path: head.uri, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body)))
        let response = try await responder.respond(
            to: request, context: Context(source: .init(logger: quietLogger)))
        let bytes = NIOLockedValueBox(ByteBuffer())
        try await response.body.write(Collector(bytes: bytes))
        return Answer(
            status: Int(response.status.code),
            fields: HTTPHeaders(response.headers.map { ($0.name.canonicalName, $0.value) }),
            body: String(buffer: bytes.withLockedValue { $0 }))
    }

    /// Sends an update of `u1` with an action id of its own.
    func update(
        _ action: String = "kill", nonce: String = "nonce0001", issuedAt: Int64 = now, newScore: Int64? = nil
    ) async throws -> Answer {
        let id = try ActionIDSigner(keys: ActionKeys([("k1", Self.actionKey)])).sign(
            action: action, nonce: nonce, issuedAt: issuedAt, score: nil, userID: "u1")
        let score = newScore.map { ",\"new_score\":\($0)" } ?? ""
        return try await send(
            .POST, "/update-score", #"{"user_id":"u1","action_id":"\#(id)"\#(score)}"#, as: .player)
    }
}
