import NIOCore
import NIOPosix
import NIOSSL

/// One attempt: the token, TCP, TLS, the handshake. Each has a time limit, and each attempt ends with a call of `lost`
/// or `opened`.
extension FollowerCore {
    func beginAttempt() {
        attempt += 1
        switch configuration.token {
        case .none: connect(token: nil)
        case .value(let token): connect(token: token)
        case .provider(let provider): ask(provider)
        case .session(let session):
            let wasRefused = wasTokenRefused
            ask { try await session.token(renew: wasRefused) }
        }
    }

    // MARK: Token

    private func ask(_ provider: @escaping @Sendable () async throws -> String) {
        let (core, attempt) = (NIOLoopBound(self, eventLoop: eventLoop), attempt)
        let eventLoop = eventLoop
        timer = after(configuration.handshakeTimeout) {
            $0.lost(.noToken("the provider took too long"), heardFor: .zero)
        }
        tokenTask = Task {
            let answer: Result<String, any Error>
            do { answer = .success(try await provider()) } catch { answer = .failure(error) }
            eventLoop.execute { core.value.take(answer, of: attempt) }
        }
    }

    private func take(_ answer: Result<String, any Error>, of attempt: Int) {
        guard attempt == self.attempt else { return }
        timer?.cancel()
        timer = nil
        tokenTask = nil
        switch answer {
        case .success(let token) where ScoreboardToken.isWellFormed(token): connect(token: token)
        case .success: lost(.noToken("the token is not a bearer token"), heardFor: .zero)
        case .failure(let error as ScoreboardError): end(error)
        case .failure(let error): lost(.noToken("\(type(of: error))"), heardFor: .zero)
        }
    }

    // MARK: Connection

    private func connect(token: String?) {
        self.token = token
        let request = UpgradeRequest(address, configuration, resumePoint: resumePoint, token: token)
        let handler = HandshakeHandler(
            request, timeout: TimeAmount(configuration.handshakeTimeout),
            messageBytesMax: configuration.messageBytesMax,
            link: LinkHandler(
                messageBytesMax: configuration.messageBytesMax,
                silenceTimeout: TimeAmount(configuration.silenceTimeout)),
            owner: self)
        let attempt = attempt
        bootstrap().connect(host: address.host, port: address.port).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let channel) where attempt == self.attempt: begin(handler, on: channel)
            case .success(let channel): channel.close(promise: nil)
            case .failure where attempt != self.attempt: break
            case .failure(let error): lost(.unreachable("\(error)"), heardFor: .zero)
            }
        }
    }

    /// Several addresses of a name are tried at the same time, so the handlers are made for each channel.
    private func bootstrap() -> ClientBootstrap {
        let (host, tls) = (address.host, tls)
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let tls else { return }
                    try channel.pipeline.syncOperations.addHandler(SystemTLS.handler(tls, for: host))
                }
            }
    }

    private func begin(_ handler: HandshakeHandler, on channel: any Channel) {
        do {
            handshake = handler
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            lost(.unreachable("\(error)"), heardFor: .zero)
        }
    }
}
