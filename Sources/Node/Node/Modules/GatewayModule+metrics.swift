import Telemetry

extension GatewayModule {
    static let metrics: [MetricDescription] = boardMetrics + liveMetrics

    private static let boardMetrics: [MetricDescription] = [
        .init(
            label: "scorecast_gateway_catalogue_stale",
            help: "1 while the boards cannot be read from Redis and the last ones are in force."),
        .init(label: "scorecast_gateway_stale", help: "1 while watchers are told that what they see may be old."),
        .init(label: "scorecast_gateway_connections", help: "WebSockets and event streams that are open."),
        .init(
            label: "scorecast_gateway_upgrades_refused_total",
            help: "Handshakes that were refused, or ended with their first message, by reason."),
        .init(
            label: "scorecast_gateway_connections_ended_total",
            help: "Connections that the gateway ended for a limit or a token, by reason."),
        .init(label: "scorecast_gateway_handshakes_delayed_total", help: "Handshakes that had to wait their turn."),
        .init(label: "scorecast_gateway_handshakes_waiting", help: "Handshakes that wait their turn now."),
        .init(
            label: "scorecast_gateway_canary_seconds",
            help: "From a message of the node to itself, by Redis' pub/sub, to its arrival."),
        .init(
            label: "scorecast_gateway_canary_age_seconds",
            help: "Since when it is not proved that what is published to Redis arrives."),
        .init(
            label: "scorecast_gateway_canary_lost_total",
            help: "Messages of the node to itself that did not arrive."),
        .init(label: "scorecast_gateway_feed_live", help: "1 while the subscription to Redis' pub/sub lives."),
        .init(label: "scorecast_gateway_broadcasts_total", help: "Versions that came to an event loop with watchers."),
        .init(label: "scorecast_gateway_frames_sent_total", help: "Messages with a top that were sent."),
        .init(
            label: "scorecast_gateway_frames_skipped_total",
            help: "Messages that a later version took the place of."),
        .init(label: "scorecast_gateway_resyncs_total", help: "Tops read again, by cause."),
    ]

    private static let liveMetrics: [MetricDescription] = [
        .init(
            label: "scorecast_gateway_challenge_rooms", help: "Challenge rooms that clients of this node are in."),
        .init(label: "scorecast_gateway_calls_open", help: "Calls to play nodes that wait for an answer."),
        .init(
            label: "scorecast_gateway_calls_total",
            help: "Calls to play nodes, by outcome; `limited` are those that were over the limit of their user."),
        .init(
            label: "scorecast_gateway_messages_dropped_total",
            help: "Messages to users that were dropped, because the client was slow and newer ones came."),
    ]
}
