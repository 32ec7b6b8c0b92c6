/// Help texts of the project's metrics, for `/metrics`.
public enum MetricCatalogue {
    /// All of them.
    public static let all: [MetricDescription] = [
        .init(label: "scorecast_build_info", help: "Always 1; the labels say which version this is."),
        .init(label: "scorecast_updates_total", help: "Score updates by outcome."),
        .init(
            label: "scorecast_stale_action_ids_total",
            help: "Updates that were not applied since the receipt of their action id may be gone: clocks are apart."),
        .init(
            label: "scorecast_clock_difference_seconds",
            help: "By how much the node's clock is ahead of Redis', when last seen by /readyz."),
        .init(label: "scorecast_suspicious_total", help: "Updates refused as suspicious, by reason."),
        .init(
            label: "scorecast_suspicions_recorded_total",
            help: "Attempts refused as suspicious that were written to the audit."),
        .init(
            label: "scorecast_suspicions_dropped_total",
            help: "Attempts refused as suspicious that the audit had no room for."),
        .init(
            label: "scorecast_suspicions_waiting",
            help: "Rows (one for each user, minute and reason) that wait to be written to the audit."),
        .init(label: "scorecast_catalogue_loads_total", help: "Times that the catalogue was loaded."),
        .init(label: "scorecast_catalogue_errors_total", help: "Times that the catalogue could not be read."),
        .init(
            label: "scorecast_catalogue_stale",
            help: "1 while the catalogue cannot be read and the last one is in force."),
        .init(
            label: "scorecast_catalogue_boards_left_out",
            help: "Boards of the database that this version cannot run; the log names them."),
        .init(
            label: "scorecast_gateway_catalogue_stale",
            help: "1 while the boards cannot be read from Redis and the last ones are in force."),
        .init(
            label: "scorecast_gateway_stale",
            help: "1 while watchers are told that what they see may be old."),
        .init(
            label: "scorecast_jwks_refreshes_total", help: "Fetches of the key set that verifies tokens, by outcome."),
        .init(
            label: "scorecast_jwks_age_seconds",
            help: "Since when the key set in force was last seen at its source."),
        .init(
            label: "scorecast_http_requests_total",
            help: "Requests that were answered, by the template of their route, method and status."),
        .init(
            label: "scorecast_http_request_seconds",
            help: "From a request's head to its answer, by the template of its route."),
        .init(
            label: "scorecast_http_accept_errors_total",
            help: "Connections that could not be accepted, for want of file descriptors mostly; none are for a "
                + "second then."),
        .init(label: "scorecast_gateway_connections", help: "WebSockets and event streams that are open."),
        .init(
            label: "scorecast_gateway_upgrades_refused_total",
            help: "Handshakes that were refused, or ended with their first message, by reason."),
        .init(
            label: "scorecast_gateway_connections_ended_total",
            help: "Connections that the gateway ended for a limit or a token, by reason."),
        .init(label: "scorecast_gateway_handshakes_delayed_total", help: "Handshakes that had to wait their turn."),
        .init(label: "scorecast_gateway_handshakes_waiting", help: "Handshakes that wait their turn now."),
        .init(label: "scorecast_persister_events_total", help: "Updates written to the ledger."),
        .init(label: "scorecast_persister_commits_total", help: "Transactions of the persister."),
        .init(label: "scorecast_persister_errors_total", help: "Rounds of the persister that failed."),
        .init(
            label: "scorecast_persister_dead_letters_total",
            help: "Rows that a table refused for what they hold, kept in dead_letters."),
        .init(label: "scorecast_persister_leases", help: "Partitions whose lease this node holds."),
        .init(
            label: "scorecast_persister_partitions_needing_rebuild",
            help: "Partitions closed because Redis is older than the ledger."),
        .init(label: "scorecast_persister_delay_seconds", help: "From an update in Redis to its commit in Postgres."),
        .init(
            label: "scorecast_gateway_canary_seconds",
            help: "From a message of the node to itself, by Redis' pub/sub, to its arrival."),
        .init(
            label: "scorecast_gateway_canary_age_seconds",
            help: "Since when it is not proved that what is published to Redis arrives."),
        .init(
            label: "scorecast_gateway_canary_lost_total", help: "Messages of the node to itself that did not arrive."),
        .init(label: "scorecast_address_limited_total", help: "Requests over the limit of their client address."),
        .init(
            label: "scorecast_persisted_timeouts_total",
            help: "Groups of updates that the ledger did not have in time (SCORECAST_ACK=persisted)."),
        .init(label: "scorecast_gateway_feed_live", help: "1 while the subscription to Redis' pub/sub lives."),
        .init(label: "scorecast_gateway_broadcasts_total", help: "Versions that came to an event loop with watchers."),
        .init(label: "scorecast_gateway_frames_sent_total", help: "Messages with a top that were sent."),
        .init(
            label: "scorecast_gateway_frames_skipped_total",
            help: "Messages that a later version took the place of."),
        .init(label: "scorecast_gateway_resyncs_total", help: "Tops read again, by cause."),
        .init(label: "scorecast_redis_connections", help: "Connections to Redis that are up."),
        .init(label: "scorecast_redis_reconnects_total", help: "Connections to Redis that came up again."),
        .init(label: "scorecast_redis_commands_total", help: "Commands sent to Redis."),
        .init(
            label: "scorecast_redis_commands_refused_total",
            help: "Commands that were not sent, since too many waited."),
        .init(
            label: "scorecast_redis_commands_timed_out_total",
            help: "Commands without a reply when their connection was given up."),
        .init(label: "scorecast_redis_pending_commands", help: "Commands that wait for their reply."),
        .init(label: "scorecast_redis_reply_seconds", help: "From a command to its reply; a sample."),
        .init(label: "scorecast_postgres_pool_in_use", help: "Connections to Postgres in use."),
        .init(label: "scorecast_postgres_pool_waiting", help: "Queries that wait for a connection to Postgres."),
        .init(label: "scorecast_postgres_query_errors_total", help: "Queries that failed, by kind."),
        .init(label: "scorecast_postgres_reconnects_total", help: "Connections to Postgres that were opened again."),
    ]
}
