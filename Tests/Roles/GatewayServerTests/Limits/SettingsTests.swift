import Basics
import Gateway
import Leaderboard
import Node
import Settings
import Testing

/// How a node's settings become those of its gateway.
@Suite struct SettingsTests {
    private static func configuration(_ environment: [String: String]) async throws -> GatewayConfiguration {
        var target = GatewayConfiguration.plain
        try await NodeConfiguration.load(environment: environment).apply(to: &target)
        return target
    }

    /// All numbers and rates of a configuration, by name.
    private static func values(_ value: Any, name: String = "") -> [String: String] {
        Mirror(reflecting: value).children.reduce(into: [:]) { values, child in
            let key = "\(name).\(child.label ?? "")"
            switch child.value {
            case let nested as GatewayConfiguration.Liveness: values.merge(Self.values(nested, name: key)) { $1 }
            case let nested as GatewayConfiguration.Drain: values.merge(Self.values(nested, name: key)) { $1 }
            case is Int, is Int64, is Bool, is RateLimit?, is Int?, is [String]: values[key] = "\(child.value)"
            default: break
            }
        }
    }

    @Test func defaultsAreThoseOfTheGateway() async throws {
        var own = Self.values(GatewayConfiguration.plain)
        // The node's own limit comes first.
        own[".drain.limitMilliseconds"] = "9000"
        #expect(try await Self.values(Self.configuration([:])) == own)
        #expect(own.count > 20)
    }

    @Test func everySettingArrives() async throws {
        let names = [
            "CONNECTIONS": "11", "ADDRESS_CONNECTIONS": "12", "JOIN_RATE": "13/2s", "JOIN_WAIT": "14s",
            "ADDRESS_JOIN_RATE": "15/2s", "ROOMS": "16", "MESSAGE_RATE": "17/2s", "ADDRESS_MESSAGE_RATE": "18/2s",
            "CONNECTION_MESSAGES": "19", "MESSAGE_BYTES": "200", "MESSAGE_FRAMES": "21", "COMPRESSION": "off",
            "HISTORY": "23", "LINGER": "24s", "COMPARISON": "26s", "PING": "27s", "SILENCE": "280s",
            "HEARTBEAT": "29s", "CLOSE_WAIT": "31s", "DRAIN_SPREAD": "32s", "DRAIN_PACE": "33s",
        ]
        let known = NodeConfiguration().effectiveSettings.map(\.name).filter { $0.hasPrefix("SCORECAST_GATEWAY_") }
        let environment = Dictionary(uniqueKeysWithValues: names.map { ("SCORECAST_GATEWAY_" + $0, $1) })
        #expect(Set(known) == Set(environment.keys))
        var expected = GatewayConfiguration.plain
        func rate(_ count: Int) -> RateLimit { RateLimit(count: count, periodMilliseconds: 2_000) }
        expected.connectionsMax = 11
        expected.connectionsPerAddressMax = 12
        expected.joinRate = rate(13)
        expected.joinDelayMillisecondsMax = 14_000
        expected.joinRatePerAddress = rate(15)
        expected.roomsPerSessionMax = 16
        expected.messageRate = rate(17)
        expected.messageRatePerAddress = rate(18)
        expected.framesPerSecondMax = 19
        expected.messageBytesMax = 200
        expected.framesPerMessageMax = 21
        expected.compressesMessages = false
        expected.historyVersionsMax = 23
        expected.lingerMilliseconds = 24_000
        expected.comparisonMilliseconds = 26_000
        expected.liveness.pingMilliseconds = 27_000
        expected.liveness.jitterMilliseconds = 5_400
        expected.liveness.silenceMilliseconds = 280_000
        expected.heartbeatMilliseconds = 29_000
        expected.liveness.closeMilliseconds = 31_000
        expected.drain.reconnectWindowMilliseconds = 32_000
        expected.drain.paceMilliseconds = 33_000
        expected.drain.limitMilliseconds = 54_000
        let loaded = try await Self.configuration(
            environment.merging(["SCORECAST_SHUTDOWN_TIMEOUT": "60s"]) { $1 })
        #expect(Self.values(loaded) == Self.values(expected))
    }

    @Test func trustedProxiesAreThoseOfTheAPI() async throws {
        let loaded = try await Self.configuration(["SCORECAST_TRUSTED_PROXIES": "10.0.0.0/8"])
        #expect(loaded.isTrustedProxy?([10, 1, 2, 3]) == true && loaded.isTrustedProxy?([11, 1, 2, 3]) == false)
        #expect(try await Self.configuration([:]).isTrustedProxy == nil)
    }
}
