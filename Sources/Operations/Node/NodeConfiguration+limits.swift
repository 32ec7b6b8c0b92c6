import API
import Gateway
import Leaderboard

extension NodeConfiguration {
    /// The limits of score updates, as the API role takes them.
    var apiLimits: APILimits {
        var limits = APILimits()
        limits.rate = rateLimit.map(RateLimit.init)
        limits.velocity = velocityLimit.map(RateLimit.init)
        limits.address = addressRateLimit.map(RateLimit.init)
        limits.isTrustedProxy = isTrustedProxy
        return limits
    }

    /// Puts the gateway's settings where it looks for them.
    func apply(to gateway: inout GatewayConfiguration) {
        gateway.fanoutIntervalMilliseconds = fanoutInterval.wholeMilliseconds
        gateway.allowedOrigins = allowedOrigins
        gateway.isTrustedProxy = isTrustedProxy
    }

    private var isTrustedProxy: (@Sendable ([UInt8]) -> Bool)? {
        guard !trustedProxies.isEmpty else { return nil }
        return { [trustedProxies] address in trustedProxies.contains { $0.contains(address) } }
    }
}

extension RateLimit {
    /// The limit that a setting means.
    init(_ setting: RateLimitSetting) {
        self.init(count: setting.count, periodMilliseconds: setting.periodMilliseconds)
    }
}
