import NIOCore

/// Decides, without I/O or a clock, what is subscribed on one connection.
///
/// Redis confirms each `SUBSCRIBE` and `UNSUBSCRIBE` in order. A channel is live when the last thing asked for it was
/// to subscribe and all that was asked is confirmed; messages of other channels are dropped.
package struct RedisSubscriptionStateMachine {
    /// A channel that was asked for: pending while a request has no confirmation, live when the last request was to
    /// subscribe and all are confirmed, forgotten when it was to unsubscribe and all are confirmed.
    private struct Channel {
        /// Whether the last request was to subscribe.
        var isWanted: Bool
        /// Requests without confirmation.
        var outstanding: Int

        var isLive: Bool { isWanted && outstanding == 0 }
    }

    private let commandTimeout: TimeAmount
    private let pingInterval: TimeAmount
    private let pingTimeout: TimeAmount
    private var channels: [String: Channel] = [:]
    /// The channels that were wanted when the connection came up and are not live yet.
    private var missing: Set<String> = []
    private var hasToldAllLive = false
    /// All requests without confirmation, and since when nothing came while there were some.
    private var outstanding = 0
    private var isPingOutstanding = false
    private var sawTraffic = false
    private var quietSince: NIODeadline

    package init(configuration: RedisConfiguration, now: NIODeadline) {
        commandTimeout = configuration.commandTimeout
        pingInterval = configuration.pingInterval
        pingTimeout = min(configuration.pingTimeout, configuration.commandTimeout)
        quietSince = now
    }

    /// The connection is up, and these channels are wanted. Returns whether all are live already, since there are none.
    package mutating func begin(_ wanted: Set<String>) -> Bool {
        precondition(channels.isEmpty && !hasToldAllLive, "a subscription began twice")
        missing = wanted
        for channel in wanted { request(channel, isWanted: true) }
        hasToldAllLive = wanted.isEmpty
        return hasToldAllLive
    }

    package enum RequestAction: Equatable {
        case subscribe, unsubscribe, nothing
        /// There is nothing to send, but the last channel that was missing is not wanted any more.
        case unsubscribeAndAllLive
    }

    /// A channel is wanted, or is not any more. A second request for the same changes nothing.
    package mutating func want(_ channel: String, _ isWanted: Bool) -> RequestAction {
        guard channels[channel]?.isWanted ?? false != isWanted else { return .nothing }
        request(channel, isWanted: isWanted)
        if isWanted { return .subscribe }
        return isLastMissing(channel) ? .unsubscribeAndAllLive : .unsubscribe
    }

    private mutating func request(_ channel: String, isWanted: Bool) {
        let before = channels[channel]?.outstanding ?? 0
        channels[channel] = Channel(isWanted: isWanted, outstanding: before + 1)
        outstanding += 1
    }

    /// The reaction to something that Redis sent.
    package enum ReceiveAction: Equatable {
        case nothing
        /// A channel is live; `all` says that with it all channels of `begin` are.
        case live(String, all: Bool)
        case message(String, [UInt8])
        /// The connection cannot be used any more.
        case close(String)
    }

    /// Something has arrived.
    package mutating func received(_ value: RESPValue) -> ReceiveAction {
        sawTraffic = true
        switch value {
        case .array(let parts): return received(parts)
        case .simpleString where isPingOutstanding:
            isPingOutstanding = false
            return .nothing
        case .error(let error): return .close("Redis refused a subscription: \(error)")
        case .simpleString, .bulkString, .integer, .null: return .close("an unexpected reply came")
        }
    }

    private mutating func received(_ parts: [RESPValue]) -> ReceiveAction {
        guard let kind = parts.first?.bytes else { return .close("an unexpected reply came") }
        if kind.elementsEqual("message".utf8), parts.count == 3, let channel = parts[1].string,
            let payload = parts[2].bytes
        {
            return channels[channel]?.isLive == true ? .message(channel, payload) : .nothing
        }
        if kind.elementsEqual("subscribe".utf8), parts.count == 3, let channel = parts[1].string {
            return confirmed(channel)
        }
        if kind.elementsEqual("unsubscribe".utf8), parts.count == 3, let channel = parts[1].string {
            return confirmed(channel)
        }
        if kind.elementsEqual("pong".utf8), isPingOutstanding {
            isPingOutstanding = false
            return .nothing
        }
        return .close("an unexpected reply came")
    }

    private mutating func confirmed(_ name: String) -> ReceiveAction {
        guard var channel = channels[name], channel.outstanding > 0 else {
            return .close("a subscription was confirmed that nobody asked for")
        }
        channel.outstanding -= 1
        outstanding -= 1
        channels[name] = channel.isWanted || channel.outstanding > 0 ? channel : nil
        return channel.isLive ? .live(name, all: isLastMissing(name)) : .nothing
    }

    private mutating func isLastMissing(_ channel: String) -> Bool {
        guard missing.remove(channel) != nil, missing.isEmpty, !hasToldAllLive else { return false }
        hasToldAllLive = true
        return true
    }

    /// The result of the periodic check.
    package enum CheckAction: Equatable {
        case nothing, ping
        case close(String)
    }

    /// The periodic check.
    package mutating func check(now: NIODeadline) -> CheckAction {
        if sawTraffic { quietSince = now }
        sawTraffic = false
        let quiet = now - quietSince
        if isPingOutstanding, quiet >= pingTimeout { return .close("PING had no reply in time") }
        if outstanding > 0, quiet >= commandTimeout { return .close("a subscription was not confirmed in time") }
        guard outstanding == 0, !isPingOutstanding, quiet >= pingInterval else { return .nothing }
        isPingOutstanding = true
        // The wait for the reply begins now.
        quietSince = now
        return .ping
    }
}
