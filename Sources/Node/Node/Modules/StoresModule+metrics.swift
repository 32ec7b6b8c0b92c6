import Telemetry

extension StoresModule {
    static let metrics: [MetricDescription] = [
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
