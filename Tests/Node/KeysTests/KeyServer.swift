import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A small HTTP server for one document, which can misbehave.
final class KeyServer: Sendable {
    /// The server's behaviour when a request comes.
    enum Answer: Sendable {
        /// Sends this document, with its length in the head.
        case document(String)
        /// Sends this status and these fields, and no body.
        case status(HTTPResponseStatus, [(String, String)] = [])
        /// Sends this many bytes without announcing their number.
        case chunks(bytes: Int)
        /// Announces this length, and sends nothing.
        case promise(bytes: Int)
        /// Sends nothing at all.
        case silence
        /// Sends one byte after the other.
        case drip(every: TimeAmount)
    }

    private let channel: any Channel
    private let state: NIOLockedValueBox<(answer: Answer, requests: [String])>
    private let isSecure: Bool

    private init(channel: any Channel, state: NIOLockedValueBox<(answer: Answer, requests: [String])>, isSecure: Bool) {
        self.channel = channel
        self.state = state
        self.isSecure = isSecure
    }

    /// Runs a test with a server, and stops it afterwards.
    ///
    /// - Parameters:
    ///   - host: the address that it listens on.
    ///   - tls: makes it an https server with ``TestCertificate``.
    static func run(
        _ answer: Answer, host: String = "127.0.0.1", tls: Bool = false, _ body: (KeyServer) async throws -> Void
    ) async throws {
        let state = NIOLockedValueBox((answer: answer, requests: [String]()))
        let context = tls ? try NIOSSLContext(configuration: TestCertificate.server()) : nil
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(KeyServerHandler(state: state))
                }
            }
            .bind(host: host, port: 0).get()
        let server = KeyServer(channel: channel, state: state, isSecure: tls)
        do {
            try await body(server)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    /// The URL of the document.
    var url: String {
        let address = channel.localAddress
        return "\(isSecure ? "https" : "http")://\(address?.ipAddress ?? ""):\(address?.port ?? 0)/keys"
    }

    /// The targets that were requested.
    var requests: [String] { state.withLockedValue { $0.requests } }

    func set(_ answer: Answer) { state.withLockedValue { $0.answer = answer } }
}

private final class KeyServerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: NIOLockedValueBox<(answer: KeyServer.Answer, requests: [String])>

    init(state: NIOLockedValueBox<(answer: KeyServer.Answer, requests: [String])>) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        let answer = state.withLockedValue { state in
            state.requests.append(head.uri)
            return state.answer
        }
        switch answer {
        case .document(let text):
            write(.ok, [("Content-Length", "\(text.utf8.count)"), ("Content-Type", "application/json")], context)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .status(let status, let fields):
            write(status, fields + [("Content-Length", "0")], context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .chunks(let bytes):
            write(.ok, [], context)
            let chunk = ByteBuffer(repeating: UInt8(ascii: " "), count: 4_096)
            for _ in 0..<(bytes / 4_096) {
                context.write(wrapOutboundOut(.body(.byteBuffer(chunk))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .promise(let bytes):
            write(.ok, [("Content-Length", "\(bytes)")], context)
            context.flush()
        case .silence: break
        case .drip(let pause):
            write(.ok, [], context)
            let (channel, loopBound) = (context.channel, NIOLoopBound(context, eventLoop: context.eventLoop))
            context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: pause) { task in
                guard channel.isActive else { return task.cancel() }
                let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: " ")))
                loopBound.value.writeAndFlush(NIOAny(part), promise: nil)
            }
        }
    }

    /// Clients close the connection to a server that misbehaves, which is what the tests check.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ status: HTTPResponseStatus, _ fields: [(String, String)], _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: HTTPHeaders(fields))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }
}

/// A self-signed certificate for `localhost` and `127.0.0.1`, for these tests only.
enum TestCertificate {
    static func root() throws -> NIOSSLTrustRoots {
        .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)))
    }

    static func server() throws -> TLSConfiguration {
        TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBYzCCAQmgAwIBAgIBATAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVzY29yZWNh
        c3QgdGVzdCBzZXJ2ZXIwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBa
        MCAxHjAcBgNVBAMMFXNjb3JlY2FzdCB0ZXN0IHNlcnZlcjBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABB3x9z28tbNXrxXByJNZurBXTXinoJQopEaIhLhcbHz8hAZd
        7aRNYE+a7V2DRwc9Yyj9tYASm6WqudfY+52EQyqjMjAwMBoGA1UdEQQTMBGCCWxv
        Y2FsaG9zdIcEfwAAATASBgNVHRMBAf8ECDAGAQH/AgEAMAoGCCqGSM49BAMCA0gA
        MEUCIQD2gzCKWcZ3k/v2vTr+bXrI0r1jezquGLnkr2a8uNa++AIgTNrpfOowDXoq
        kBwTtsvJoakPQshCQGr04rbEVESbk2Y=
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtKV9zssqyDWV4s7c
        abEV/qbzwYGxKBlgMdC/T0cEZ+ChRANCAAQd8fc9vLWzV68VwciTWbqwV014p6CU
        KKRGiIS4XGx8/IQGXe2kTWBPmu1dg0cHPWMo/bWAEpulqrnX2PudhEMq
        -----END PRIVATE KEY-----
        """
}
