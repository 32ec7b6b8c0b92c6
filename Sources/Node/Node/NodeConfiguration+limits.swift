import API
import Basics
import Gateway
import Settings

extension NodeConfiguration {
    /// The limits of score updates for the API role.
    var apiLimits: APILimits {
        var limits = APILimits()
        limits.rate = rateLimit.map(RateLimit.init)
        limits.velocity = velocityLimit.map(RateLimit.init)
        limits.address = addressRateLimit.map(RateLimit.init)
        limits.isTrustedProxy = isTrustedProxy
        return limits
    }

    /// Copies the gateway's settings to its configuration.
    package func apply(to target: inout GatewayConfiguration) {
        target.fanoutIntervalMilliseconds = fanoutInterval.wholeMilliseconds
        target.allowedOrigins = allowedOrigins
        target.isTrustedProxy = isTrustedProxy
        gateway.applyLimits(to: &target)
        gateway.applyTimes(to: &target)
        // The drain has to end before the node's shutdown timeout, because the rest of the node has to stop in that
        // time, too.
        target.drain.limitMilliseconds = max(100, shutdownTimeout.inMilliseconds * 9 / 10)
    }

    private var isTrustedProxy: (@Sendable ([UInt8]) -> Bool)? {
        guard !trustedProxies.isEmpty else { return nil }
        return { [trustedProxies] address in trustedProxies.contains { $0.contains(address) } }
    }
}

extension GatewaySettings {
    fileprivate func applyLimits(to target: inout GatewayConfiguration) {
        target.connectionsMax = connectionsMax
        target.connectionsPerAddressMax = addressConnectionsMax
        target.joinRate = joinRate.map(RateLimit.init)
        target.joinDelayMillisecondsMax = joinWait.wholeMilliseconds
        target.joinRatePerAddress = addressJoinRate.map(RateLimit.init)
        target.roomsPerSessionMax = roomsMax
        target.messageRate = messageRate.map(RateLimit.init)
        target.messageRatePerAddress = addressMessageRate.map(RateLimit.init)
        target.framesPerSecondMax = connectionMessagesMax
        target.messageBytesMax = messageBytesMax
        target.framesPerMessageMax = messageFramesMax
        target.compressesMessages = compression == .on
        target.historyVersionsMax = historyVersions
    }

    fileprivate func applyTimes(to target: inout GatewayConfiguration) {
        target.lingerMilliseconds = linger.wholeMilliseconds
        target.comparisonMilliseconds = comparison.wholeMilliseconds
        target.liveness.pingMilliseconds = ping.inMilliseconds
        target.liveness.jitterMilliseconds = ping.inMilliseconds / 5
        target.liveness.silenceMilliseconds = silence.inMilliseconds
        target.liveness.closeMilliseconds = closeWait.inMilliseconds
        target.heartbeatMilliseconds = heartbeat.inMilliseconds
        target.drain.reconnectWindowMilliseconds = drainSpread.inMilliseconds
        target.drain.paceMilliseconds = drainPace.inMilliseconds
    }
}

extension Duration {
    /// The duration in whole milliseconds. The range of a setting is far from the limits of `Int`.
    fileprivate var inMilliseconds: Int { Int(clamping: wholeMilliseconds) }
}

extension RateLimit {
    /// Creates the limit of a setting.
    package init(_ setting: RateLimitSetting) {
        self.init(count: setting.count, periodMilliseconds: setting.periodMilliseconds)
    }
}
