import API
import Leaderboard

extension NodeConfiguration {
    /// The limits of score updates, as the API role takes them.
    var apiLimits: APILimits {
        var limits = APILimits()
        limits.rate = rateLimit.map(RateLimit.init)
        limits.velocity = velocityLimit.map(RateLimit.init)
        limits.address = addressRateLimit.map(RateLimit.init)
        if !trustedProxies.isEmpty {
            limits.isTrustedProxy = { [trustedProxies] address in trustedProxies.contains { $0.contains(address) } }
        }
        return limits
    }
}

extension RateLimit {
    /// The limit that a setting means.
    init(_ setting: RateLimitSetting) {
        self.init(count: setting.count, periodMilliseconds: setting.periodMilliseconds)
    }
}
