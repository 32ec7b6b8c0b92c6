import Basics
import Gateway
import Node
import Settings
import Testing

/// The conversion of a node's settings to those of its gateway.
@Suite struct SettingsTests {
    private static func load(_ environment: [String: String]) async throws -> NodeConfiguration {
        try await NodeConfiguration.load(.node, environment: environment)
    }

    private static func gateway(_ environment: [String: String]) async throws -> GatewayConfiguration {
        try await load(environment).gateway(boards: TestBoards(), now: { 0 })
    }

    @Test func everySettingArrives() async throws {
        let loaded = try await Self.gateway([
            "SCORECAST_GATEWAY_CONNECTIONS": "11", "SCORECAST_GATEWAY_ADDRESS_CONNECTIONS": "12",
            "SCORECAST_GATEWAY_JOIN_RATE": "13/2s", "SCORECAST_GATEWAY_JOIN_WAIT": "14s",
            "SCORECAST_GATEWAY_ADDRESS_JOIN_RATE": "15/2s", "SCORECAST_GATEWAY_ROOMS": "16",
            "SCORECAST_GATEWAY_MESSAGE_RATE": "17/2s", "SCORECAST_GATEWAY_ADDRESS_MESSAGE_RATE": "18/2s",
            "SCORECAST_GATEWAY_CONNECTION_MESSAGES": "19", "SCORECAST_GATEWAY_MESSAGE_BYTES": "200",
            "SCORECAST_GATEWAY_MESSAGE_FRAMES": "21", "SCORECAST_GATEWAY_COMPRESSION": "off",
            "SCORECAST_FANOUT_INTERVAL": "22ms", "SCORECAST_GATEWAY_HISTORY": "23",
            "SCORECAST_GATEWAY_LINGER": "24s", "SCORECAST_GATEWAY_COMPARISON": "26s",
            "SCORECAST_GATEWAY_PING": "27s", "SCORECAST_GATEWAY_SILENCE": "280s",
            "SCORECAST_GATEWAY_HEARTBEAT": "29s", "SCORECAST_GATEWAY_CLOSE_WAIT": "31s",
            "SCORECAST_GATEWAY_DRAIN_SPREAD": "32s", "SCORECAST_GATEWAY_DRAIN_PACE": "33s",
            "SCORECAST_SHUTDOWN_TIMEOUT": "60s",
        ])
        let settings = loaded.settings
        func rate(_ count: Int) -> RateLimit { RateLimit(count: count, period: .seconds(2)) }
        #expect(settings.connectionsMax == 11 && settings.addressConnectionsMax == 12)
        #expect(settings.joinRate == rate(13) && settings.joinWait == .seconds(14))
        #expect(settings.addressJoinRate == rate(15) && settings.roomsMax == 16)
        #expect(settings.messageRate == rate(17) && settings.addressMessageRate == rate(18))
        #expect(settings.connectionMessagesMax == 19 && settings.messageBytesMax == 200)
        #expect(settings.messageFramesMax == 21 && !settings.compression)
        #expect(settings.fanoutInterval == .milliseconds(22) && settings.historyVersionsMax == 23)
        #expect(settings.linger == .seconds(24) && settings.comparison == .seconds(26))
        #expect(settings.ping == .seconds(27) && settings.pingJitter == .milliseconds(5_400))
        #expect(settings.silence == .seconds(280) && settings.heartbeat == .seconds(29))
        #expect(settings.closeWait == .seconds(31))
        #expect(settings.drainSpread == .seconds(32) && settings.drainPace == .seconds(33))
        #expect(loaded.drainLimit == .seconds(54))
    }

    /// A change of one setting changes one property: no two settings share one, and each has one.
    @Test func everySettingHasAPropertyOfItsOwn() async throws {
        func shown(_ settings: GatewaySettings) -> [String: String] {
            Mirror(reflecting: settings).children.reduce(into: [:]) { $0[$1.label ?? ""] = "\($1.value)" }
        }
        let defaults = shown(GatewaySettings())
        var changed: Set<String> = []
        for definition in GatewaySettings.definitions {
            let value = try #require(
                definition.edges.accepted.first { $0 != definition.render(NodeConfiguration(catalogue: .node)) })
            var configuration = NodeConfiguration(catalogue: .node)
            try definition.apply(value, &configuration)
            let found = shown(configuration[GatewaySettings.self]).filter { defaults[$0.key] != $0.value }
            #expect(found.count == 1, "\(definition.name) changes \(found.keys)")
            changed.formUnion(found.keys)
        }
        #expect(changed.count == GatewaySettings.definitions.count)
        #expect(Set(defaults.keys).subtracting(changed) == ["feedPatience", "lateAge"], "not for operators")
    }

    @Test func theDrainEndsBeforeTheNode() async throws {
        #expect(try await Self.gateway([:]).drainLimit == .seconds(9))
        #expect(try await Self.gateway(["SCORECAST_SHUTDOWN_TIMEOUT": "100ms"]).drainLimit == .milliseconds(100))
    }

    @Test func trustedProxiesAreThoseOfTheAPI() async throws {
        let loaded = try await Self.gateway(["SCORECAST_TRUSTED_PROXIES": "10.0.0.0/8"])
        #expect(loaded.isTrustedProxy?([10, 1, 2, 3]) == true && loaded.isTrustedProxy?([11, 1, 2, 3]) == false)
        #expect(try await Self.gateway([:]).isTrustedProxy == nil)
    }
}
