import NIOCore
import NIOPosix
import NIOSSL

/// Makes connections: TCP, TLS if configured, and the handshake.
package struct RedisConnector: Sendable {
    package let configuration: RedisConfiguration
    private let scripts: [RedisScript]
    private let questions: @Sendable () -> [RedisQuestion]
    /// Made once: reading the trusted certificates takes milliseconds.
    private let tls: NIOSSLContext?

    /// Checks the configuration and reads the CA file.
    /// - Parameter questions: what each new connection asks; called once for each.
    /// - Throws: `.invalidConfiguration`.
    package init(
        configuration: RedisConfiguration, scripts: [RedisScript],
        questions: @escaping @Sendable () -> [RedisQuestion] = { [] }
    ) throws(RedisError) {
        try configuration.validate()
        self.configuration = configuration
        self.scripts = scripts
        self.questions = questions
        tls = configuration.usesTLS ? try Self.makeTLS(configuration) : nil
    }

    private static func makeTLS(_ configuration: RedisConfiguration) throws(RedisError) -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .fullVerification
        tls.minimumTLSVersion = .tlsv12
        if let file = configuration.caCertificateFile { tls.trustRoots = .file(file) }
        do {
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw RedisError(.invalidConfiguration, "the CA file for Redis cannot be used", underlying: error)
        }
    }

    /// A reader with the limits of the configuration.
    func makeReader() throws(RedisError) -> RESPReader {
        try RESPReader(
            limits: .init(
                maxReplyBytes: configuration.maxReplyBytes, maxDepth: configuration.maxReplyDepth,
                maxArrayElements: configuration.maxReplyElements))
    }

    /// Connects on a loop. The channel has completed the handshake and has no handler of ours yet; the future completes
    /// on the loop, so that a handler can be added before the next byte is read. Fails with a `RedisError`.
    package func connect(on eventLoop: any EventLoop) -> EventLoopFuture<RedisChannel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            // Redis may speak first (when it has too many clients), so nothing may be read before there is a handler.
            .channelOption(.autoRead, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addTLS(to: channel) }
            }
        return bootstrap.connect(host: configuration.host, port: configuration.port)
            .flatMapErrorThrowing { error in
                throw RedisError(.connectFailed, "Redis cannot be reached", underlying: error)
            }
            .flatMap { channel in shakeHands(channel).map { RedisChannel(channel: channel, runID: $0) } }
    }

    private func addTLS(to channel: any Channel) throws {
        guard let tls else { return }
        // RFC 6066 allows only names in SNI. For an address, NIOSSL checks the peer's address itself.
        let name = (try? SocketAddress(ipAddress: configuration.host, port: 0)) == nil ? configuration.host : nil
        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
    }

    /// Returns the `run_id` of the server.
    private func shakeHands(_ channel: any Channel) -> EventLoopFuture<String> {
        let promise = channel.eventLoop.makePromise(of: String.self)
        do {
            let handler = RedisHandshakeHandler(
                handshake: RedisHandshake(
                    configuration: configuration, scripts: scripts, questions: questions()),
                reader: try makeReader(), timeout: configuration.connectTimeout, promise: promise)
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            channel.close(promise: nil)
            promise.fail(RedisError(.connectFailed, "the handshake could not begin", underlying: error))
        }
        return promise.futureResult
    }
}
