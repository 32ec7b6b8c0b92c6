import Gateway
import Settings

extension GatewaySettings: SettingGroup {
    package static let definitions = connections + joins + messages + watched + times

    private static let connections = [
        setting(
            "SCORECAST_GATEWAY_CONNECTIONS", \.connectionsMax, .integer(1...10_000_000), example: "100000",
            "WebSockets and event streams at once; more get 503."),
        setting(
            "SCORECAST_GATEWAY_ADDRESS_CONNECTIONS", \.addressConnectionsMax, .limit(1...10_000_000), example: "1000",
            "The same for one client address; more get 429."),
    ]

    private static let joins = [
        setting(
            "SCORECAST_GATEWAY_JOIN_RATE", \.joinRate, .rateLimit, example: "1000/1s",
            "Handshakes that a node takes, evenly."),
        // Below the time that the listener gives a route for its answer.
        setting(
            "SCORECAST_GATEWAY_JOIN_WAIT", \.joinWait, .duration(.zero ... .seconds(30)), example: "5s",
            "How long a handshake may wait for its turn; what would wait longer gets 503."),
        setting(
            "SCORECAST_GATEWAY_ADDRESS_JOIN_RATE", \.addressJoinRate, .rateLimit, example: "100/1s",
            "Handshakes (429) and `join-room` messages (1008) of one client address."),
        setting(
            "SCORECAST_GATEWAY_ROOMS", \.roomsMax, .integer(1...1_000), example: "64", "Rooms of one connection."),
    ]

    private static let messages = [
        setting(
            "SCORECAST_GATEWAY_MESSAGE_RATE", \.messageRate, .rateLimit, example: "100000/1s",
            "Frames from all clients of a node; the connection that sends more gets 1013."),
        setting(
            "SCORECAST_GATEWAY_ADDRESS_MESSAGE_RATE", \.addressMessageRate, .rateLimit, example: "10000/1s",
            "Frames from all connections of one client address; the connection that sends more gets 1008."),
        setting(
            "SCORECAST_GATEWAY_CONNECTION_MESSAGES", \.connectionMessagesMax,
            .integer(1...100_000, unit: "frames in a second"), example: "100",
            "Frames from one connection; one that sends more gets 1008."),
        setting(
            "SCORECAST_GATEWAY_MESSAGE_BYTES", \.messageBytesMax, .integer(messageBytesBounds, unit: "bytes"),
            example: "16384", "The largest message of a client; a larger one gets 1009."),
        setting(
            "SCORECAST_GATEWAY_MESSAGE_FRAMES", \.messageFramesMax, .integer(1...10_000, unit: "frames"),
            example: "256", "Frames that one message may come in; more get 1008."),
        setting(
            "SCORECAST_GATEWAY_COMPRESSION", \.compression, .onOff, example: "on",
            "permessage-deflate for clients that offer it."),
    ]

    private static let watched = [
        setting(
            "SCORECAST_FANOUT_INTERVAL", \.fanoutInterval, .duration(.zero ... .seconds(60)), example: "50ms",
            "The least time between two pushes of a board. 0 pushes every version, as long as the node keeps up."),
        setting(
            "SCORECAST_GATEWAY_HISTORY", \.historyVersionsMax, .integer(0...1_000, unit: "versions"), example: "64",
            "Versions of a board that are kept for deltas and resume."),
        setting(
            "SCORECAST_GATEWAY_LINGER", \.linger, .duration(.zero ... .seconds(3_600)), example: "30s",
            "How long a board that nobody watches any more is followed."),
        // A version that the feed lost is to show within 5 s.
        setting(
            "SCORECAST_GATEWAY_COMPARISON", \.comparison, .duration(.milliseconds(100) ... .seconds(60)),
            example: "3s", "About how often a watched board is compared with Redis."),
    ]

    private static let times = [
        setting(
            "SCORECAST_GATEWAY_PING", \.ping, .duration(.seconds(1) ... .seconds(45)), example: "25s",
            "Between two pings of a WebSocket, a fifth more or less."),
        setting(
            "SCORECAST_GATEWAY_SILENCE", \.silence, .duration(.seconds(3) ... .seconds(3_600)), example: "60s",
            "After how long a silent client is cut; at least a ping, a fifth of it and a second."),
        setting(
            "SCORECAST_GATEWAY_HEARTBEAT", \.heartbeat, .duration(.seconds(1) ... .seconds(45)), example: "20s",
            "Between two comments in an event stream."),
        setting(
            "SCORECAST_GATEWAY_CLOSE_WAIT", \.closeWait, .duration(.milliseconds(100) ... .seconds(45)),
            example: "5s", "How long a client may take to answer a close frame."),
        setting(
            "SCORECAST_GATEWAY_DRAIN_SPREAD", \.drainSpread, .duration(.zero ... .seconds(3_600)), example: "5s",
            "Over how long the clients of a stopping node are told to come back."),
        setting(
            "SCORECAST_GATEWAY_DRAIN_PACE", \.drainPace, .duration(.milliseconds(100) ... .seconds(3_600)),
            example: "1s", "Over how long a stopping node closes its connections."),
    ]

    package var conflicts: [SettingConflict] {
        // A ping needs time to be answered.
        guard silence * 5 < ping * 6 + .seconds(5) else { return [] }
        return [
            SettingConflict(
                "SCORECAST_GATEWAY_SILENCE", "is not a second more than SCORECAST_GATEWAY_PING and a fifth of it")
        ]
    }
}
