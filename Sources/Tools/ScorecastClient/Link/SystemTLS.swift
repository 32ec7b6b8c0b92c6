import NIOCore
import NIOSSL

/// TLS with the system's trusted certificates, made once: that takes milliseconds.
enum SystemTLS {
    private static let made = Result {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
    }

    static func context() throws(ScoreboardError) -> NIOSSLContext {
        switch made {
        case .success(let context): return context
        case .failure(let error):
            throw ScoreboardError(.invalidConfiguration, "the system's trusted certificates cannot be used: \(error)")
        }
    }

    /// The handler of a connection to a host, which is checked against the certificate.
    static func handler(_ tls: NIOSSLContext, for host: String) throws -> NIOSSLClientHandler {
        // RFC 6066 allows only names in SNI. For an address, NIOSSL checks the peer's address itself.
        let name = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
        return try NIOSSLClientHandler(context: tls, serverHostname: name)
    }
}
