import Access
import Basics
import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Signing
import TestSupport

/// A table of routes in a router, without a listener.
struct TestTable: Sendable {
    /// An answer.
    struct Answer: Equatable {
        let status: Int
        let body: String
        var replayed = false
    }

    /// An audit log in memory.
    final class Log: AuditLog {
        private let kept = NIOLockedValueBox<[AuditEntry]>([])
        var entries: [AuditEntry] { kept.withLockedValue { $0 } }
        func record(_ entry: AuditEntry) { kept.withLockedValue { $0.append(entry) } }
    }

    private struct Context: RemoteAddressRequestContext {
        struct Source: RequestContextSource { let logger: Logger }
        var coreContext: CoreRequestContextStorage
        let remoteAddress = try? SocketAddress(ipAddress: "203.0.113.7", port: 1)

        init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
    }

    private struct Collector: ResponseBodyWriter {
        let bytes: NIOLockedValueBox<ByteBuffer>
        func write(_ buffer: ByteBuffer) async throws { bytes.withLockedValue { _ = $0.writeImmutableBuffer(buffer) } }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    let audit = Log()
    private let responder: RouterResponder<Context>
    private let key: TokenKey
    private static let now: Int64 = 1_790_000_000_000

    init(addressLimit: RateLimit? = nil, _ fill: (inout RouteTable) -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        key = try await TokenKey.hs256(secret: Array("an HS256 secret of the tests, 32+ bytes".utf8))
        let tokens = TokenVerifiers(
            verifier: try TokenVerifier(keys: [key]), group: group, now: { Self.now })
        var table = RouteTable()
        fill(&table)
        let router = Router(context: Context.self, options: .autoGenerateHeadEndpoints)
        table.install(
            on: router,
            authenticator: RequestAuthenticator(
                tokens: tokens, addressLimit: addressLimit, isTrustedProxy: nil, group: group),
            audit: audit)
        responder = router.buildResponder()
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", as role: Role? = nil, user: String = "u1",
        key idempotencyKey: String? = nil
    ) async throws -> Answer {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let role {
            let token = try TokenIssuer(key: key).sign(
                sub: user, role: role, issuedAt: Self.now, expiresAt: Self.now + 60_000)
            fields[.authorization] = "Bearer \(token)"
        }
        if let idempotencyKey, let name = HTTPField.Name("Idempotency-Key") { fields[name] = idempotencyKey }
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "test", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body)))
        let response: Response
        do {
            response = try await responder.respond(to: request, context: Context(source: .init(logger: quietLogger)))
        } catch let error as HTTPError {
            return Answer(status: error.status.code, body: "")
        }
        let bytes = NIOLockedValueBox(ByteBuffer())
        try await response.body.write(Collector(bytes: bytes))
        let replayed = HTTPField.Name("Idempotent-Replayed").flatMap { response.headers[$0] }
        return Answer(
            status: response.status.code, body: String(buffer: bytes.withLockedValue { $0 }),
            replayed: replayed == "true")
    }
}
