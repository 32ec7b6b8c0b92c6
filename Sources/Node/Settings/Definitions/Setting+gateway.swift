extension Setting {
    /// What a gateway may spend, and how long it waits.
    static let gateway = connections + joins + messages + watched + times

    private static let connections = [
        Setting("SCORECAST_GATEWAY_CONNECTIONS", \.gateway.connectionsMax, .integer(1...10_000_000), example: "100000"),
        Setting(
            "SCORECAST_GATEWAY_ADDRESS_CONNECTIONS", \.gateway.addressConnectionsMax, .limit(1...10_000_000),
            example: "1000"),
    ]

    private static let joins = [
        Setting("SCORECAST_GATEWAY_JOIN_RATE", \.gateway.joinRate, .rateLimit, example: "1000/1s"),
        // Below the time that the listener gives a route for its answer.
        Setting("SCORECAST_GATEWAY_JOIN_WAIT", \.gateway.joinWait, .duration(.zero ... .seconds(30)), example: "5s"),
        Setting("SCORECAST_GATEWAY_ADDRESS_JOIN_RATE", \.gateway.addressJoinRate, .rateLimit, example: "100/1s"),
        Setting("SCORECAST_GATEWAY_ROOMS", \.gateway.roomsMax, .integer(1...1_000), example: "64"),
    ]

    private static let messages = [
        Setting("SCORECAST_GATEWAY_MESSAGE_RATE", \.gateway.messageRate, .rateLimit, example: "100000/1s"),
        Setting(
            "SCORECAST_GATEWAY_ADDRESS_MESSAGE_RATE", \.gateway.addressMessageRate, .rateLimit, example: "10000/1s"),
        Setting(
            "SCORECAST_GATEWAY_CONNECTION_MESSAGES", \.gateway.connectionMessagesMax, .integer(1...100_000),
            example: "100"),
        Setting("SCORECAST_GATEWAY_MESSAGE_BYTES", \.gateway.messageBytesMax, .integer(125...16_384), example: "16384"),
        Setting("SCORECAST_GATEWAY_MESSAGE_FRAMES", \.gateway.messageFramesMax, .integer(1...10_000), example: "256"),
        Setting(
            "SCORECAST_GATEWAY_COMPRESSION", \.gateway.compression, .oneOf(GatewaySettings.Switch.self), example: "on"),
    ]

    private static let watched = [
        Setting("SCORECAST_GATEWAY_HISTORY", \.gateway.historyVersions, .integer(0...1_000), example: "64"),
        Setting("SCORECAST_GATEWAY_LINGER", \.gateway.linger, .duration(.zero ... .seconds(3_600)), example: "30s"),
        // What the feed has lost is to show within 5 s.
        Setting(
            "SCORECAST_GATEWAY_COMPARISON", \.gateway.comparison, .duration(.milliseconds(100) ... .seconds(60)),
            example: "3s"),
    ]

    private static let times = [
        Setting("SCORECAST_GATEWAY_PING", \.gateway.ping, .duration(.seconds(1) ... .seconds(45)), example: "25s"),
        Setting(
            "SCORECAST_GATEWAY_SILENCE", \.gateway.silence, .duration(.seconds(3) ... .seconds(3_600)), example: "60s"),
        Setting(
            "SCORECAST_GATEWAY_HEARTBEAT", \.gateway.heartbeat, .duration(.seconds(1) ... .seconds(45)), example: "20s"),
        Setting(
            "SCORECAST_GATEWAY_CLOSE_WAIT", \.gateway.closeWait, .duration(.milliseconds(100) ... .seconds(45)),
            example: "5s"),
        Setting(
            "SCORECAST_GATEWAY_DRAIN_SPREAD", \.gateway.drainSpread, .duration(.zero ... .seconds(3_600)), example: "5s"
        ),
        Setting(
            "SCORECAST_GATEWAY_DRAIN_PACE", \.gateway.drainPace, .duration(.milliseconds(100) ... .seconds(3_600)),
            example: "1s"),
    ]
}
