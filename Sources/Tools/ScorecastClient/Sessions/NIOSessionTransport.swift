import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Carries requests over a connection of their own each (HTTP/1.1), with TLS for `https`.
public struct NIOSessionTransport: SessionTransport {
    /// The time for a TCP connection.
    public var connectTimeout = Duration.seconds(10)
    /// The time for the whole request, with its answer.
    public var timeout = Duration.seconds(20)
    /// The largest accepted body, in bytes.
    public var bodyBytesMax = 1 << 20

    private let address: ServerAddress
    private let path: String
    private let tls: NIOSSLContext?
    private let group: any EventLoopGroup

    /// - Parameters:
    ///   - url: `https://host[:port]`, with a path if a proxy adds one. The address of a scoreboard means its server.
    ///   - tls: TLS settings of your own; nil for the system's trusted certificates and TLS 1.2 or later.
    ///   - group: the event loops.
    /// - Throws: ``SessionError`` of the kind `invalidConfiguration`.
    public init(
        _ url: String, tls: NIOSSLContext? = nil, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws(SessionError) {
        guard let address = ServerAddress(url) else {
            throw SessionError(
                .invalidConfiguration, "the url must be https://host[:port], without user, query and fragment")
        }
        self.address = address
        let path = address.path == ServerAddress.scoreboardPath ? "" : address.path
        self.path = path.hasSuffix("/") ? String(path.dropLast()) : path
        self.group = group
        guard address.usesTLS, tls == nil else {
            self.tls = address.usesTLS ? tls : nil
            return
        }
        do {
            self.tls = try SystemTLS.context()
        } catch {
            throw SessionError(.invalidConfiguration, error.message)
        }
    }

    /// Sends one request and reads the whole answer.
    public func send(_ request: SessionRequest) async throws -> SessionResponse {
        let loop = group.next()
        let answer = loop.makePromise(of: SessionResponse.self)
        let (head, body) = (head(of: request), request.body)
        let (timeout, bodyBytesMax, tls, host) = (TimeAmount(timeout), bodyBytesMax, tls, address.host)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(SystemTLS.handler(tls, for: host)) }
                    try pipeline.addHTTPClientHandlers()
                }
            }
            .connect(host: address.host, port: address.port)
        connecting.whenComplete { result in
            switch result {
            case .failure(let error): answer.fail(error)
            case .success(let channel):
                let exchange = ExchangeHandler(
                    head, body, timeout: timeout, bodyBytesMax: bodyBytesMax, answer: answer)
                do {
                    try channel.pipeline.syncOperations.addHandler(exchange)
                } catch {
                    channel.close(promise: nil)
                    answer.fail(error)
                }
            }
        }
        return try await withTaskCancellationHandler {
            try await answer.futureResult.get()
        } onCancel: {
            connecting.whenSuccess { $0.close(promise: nil) }
        }
    }

    private func head(of request: SessionRequest) -> HTTPRequestHead {
        var headers = HTTPHeaders([
            ("Host", address.hostField), ("Accept", "application/json"), ("Connection", "close"),
        ])
        if let token = request.token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        if request.body != nil { headers.add(name: "Content-Type", value: "application/json") }
        headers.add(name: "Content-Length", value: String(request.body?.count ?? 0))
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: path + request.path, headers: headers)
    }
}
