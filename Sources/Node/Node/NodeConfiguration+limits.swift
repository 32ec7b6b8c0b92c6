import API
import Gateway
import Leaderboard
import Settings

extension NodeConfiguration {
    /// The limits of score updates for the API role.
    var apiLimits: APILimits {
        var limits = APILimits()
        limits.rate = rateLimit
        limits.velocity = velocityLimit
        limits.address = addressRateLimit
        limits.outboxBytesMax = outboxBytesMax.map { Int64($0) }
        limits.isTrustedProxy = isTrustedProxy
        return limits
    }

    /// A gateway with these settings.
    ///
    /// - Parameters:
    ///   - boards: the boards of the moment.
    ///   - now: milliseconds since 1970.
    package func gateway(
        boards: any BoardSource, now: @escaping @Sendable () -> Int64
    ) -> GatewayConfiguration {
        var gateway = GatewayConfiguration(boards: boards, now: now)
        gateway.settings = self[GatewaySettings.self]
        gateway.allowedOrigins = allowedOrigins
        gateway.isTrustedProxy = isTrustedProxy
        // The drain is to end before the node is made to: the rest of it has to stop, too.
        gateway.drainLimit = max(.milliseconds(100), shutdownTimeout * 9 / 10)
        return gateway
    }

    private var isTrustedProxy: (@Sendable ([UInt8]) -> Bool)? {
        guard !trustedProxies.isEmpty else { return nil }
        return { [trustedProxies] address in trustedProxies.contains { $0.contains(address) } }
    }
}
