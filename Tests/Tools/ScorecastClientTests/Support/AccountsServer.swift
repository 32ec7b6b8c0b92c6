import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import StrictJSON

/// A server with the routes of accounts that a session uses, on 127.0.0.1. It keeps everything in memory, and refuses
/// a refresh token that was used before, and from then on its session.
final class AccountsServer: Sendable {
    /// A request of a client.
    struct Request: Sendable {
        /// The method and the target, such as `POST /auth/login`.
        var route: String
        var token: String?
        var body: JSONValue?
    }

    /// What happens in place of an answer.
    enum Fault: Sendable {
        /// The connection ends without an answer.
        case drop
        /// Nothing happens.
        case silence
        /// Another answer.
        case answer(status: UInt, body: String, fields: [(String, String)] = [])

        static func refuse(_ status: UInt, _ code: String, _ fields: [(String, String)] = []) -> Fault {
            .answer(status: status, body: #"{"status":"error","code":"\#(code)","message":"No."}"#, fields: fields)
        }
    }

    private struct Record: Sendable {
        var requests: [Request] = []
        var faults: [String: Fault] = [:]
        var serial = 0
        var life = 900
        var access: Set<String> = []
        var refresh: String?
        var isOver = false
    }

    private let channel: any Channel
    private let record: NIOLockedValueBox<Record>

    let port: Int
    var url: String { "http://127.0.0.1:\(port)" }

    init(tls: NIOSSLContext? = nil) async throws {
        let record = NIOLockedValueBox(Record())
        self.record = record
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Connection(record))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var requests: [Request] { record.withLockedValue { $0.requests } }

    func count(_ route: String) -> Int { requests.count { $0.route == route } }

    /// Sets, or with nil removes, what happens in place of the answers of a route.
    func fault(_ route: String, _ fault: Fault?) { record.withLockedValue { $0.faults[route] = fault } }

    /// The life of the next tokens, in seconds.
    func life(_ seconds: Int) { record.withLockedValue { $0.life = seconds } }

    /// Refuses all access tokens so far.
    func forgetAccessTokens() { record.withLockedValue { $0.access = [] } }

    func stop() async throws { try await channel.close() }

    private final class Connection: ChannelInboundHandler, Sendable {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let record: NIOLockedValueBox<Record>
        private let pending = NIOLockedValueBox<(head: HTTPRequestHead?, body: [UInt8])>((nil, []))

        init(_ record: NIOLockedValueBox<Record>) { self.record = record }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): pending.withLockedValue { $0 = (head, []) }
            case .body(let part): pending.withLockedValue { $0.body += Array(buffer: part) }
            case .end:
                let (head, body) = pending.withLockedValue { $0 }
                if let head { serve(head, body, context) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func serve(_ head: HTTPRequestHead, _ body: [UInt8], _ context: ChannelHandlerContext) {
            let bearer = head.headers.first(name: "Authorization").map { String($0.dropFirst("Bearer ".count)) }
            let request = Request(
                route: "\(head.method.rawValue) \(head.uri)", token: bearer, body: try? JSONValue(body))
            let fault = record.withLockedValue { record in
                record.requests.append(request)
                return record.faults[request.route]
            }
            switch fault {
            case .drop: context.close(promise: nil)
            case .silence: break
            case .answer(let status, let body, let fields): write(status, body, fields, context)
            case nil:
                let (status, body) = record.withLockedValue { Self.answer(request, &$0) }
                // Late enough for other callers to come meanwhile.
                let (channel, delay) = (context.channel, TimeAmount.milliseconds(30))
                context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
                    guard let context = try? channel.pipeline.syncOperations.context(handler: self) else { return }
                    write(status, body, [], context)
                }
            }
        }

        private func write(
            _ status: UInt, _ body: String, _ fields: [(String, String)], _ context: ChannelHandlerContext
        ) {
            var headers = HTTPHeaders(fields)
            headers.add(name: "Content-Length", value: String(body.utf8.count))
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: Int(status)), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        private static func answer(_ request: Request, _ record: inout Record) -> (UInt, String) {
            let refusal = #"{"status":"error","code":"unauthorized","message":"No."}"#
            switch request.route {
            case "POST /auth/register", "POST /auth/login":
                guard request.body?["password"]?.string == "correct horse" else {
                    return (401, #"{"status":"error","code":"invalid_credentials","message":"Wrong."}"#)
                }
                record.isOver = false
                return (request.route.hasSuffix("login") ? 200 : 201, pair(&record))
            case "POST /auth/refresh":
                guard !record.isOver, request.body?["refresh_token"]?.string == record.refresh else {
                    record.isOver = true
                    return (401, refusal)
                }
                return (200, pair(&record))
            case "POST /auth/logout", "POST /auth/logout-all":
                record.isOver = true
                return (204, "")
            default:
                guard !record.isOver, let token = request.token, record.access.contains(token) else {
                    return (401, refusal)
                }
                return (200, #"{"id":"usr_1","username":"ayo"}"#)
            }
        }

        private static func pair(_ record: inout Record) -> String {
            record.serial += 1
            let (access, refresh) = ("access\(record.serial)", "scr_\(record.serial)")
            record.access.insert(access)
            record.refresh = refresh
            return """
                {"user":{"id":"usr_1","username":"ayo","name":null},"access_token":"\(access)",\
                "refresh_token":"\(refresh)","expires_in":\(record.life)}
                """
        }
    }
}
