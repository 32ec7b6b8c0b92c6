import Metrics

/// The metrics of a pool. Every metric has the dimension `pool`, which distinguishes the pools of a process.
struct PostgresMetrics: Sendable {
    /// Bodies that run now.
    let inUse: Meter
    /// Bodies that wait for a connection now.
    let waiting: Meter
    /// Connections opened in place of lost ones.
    let reconnects: Counter
    private let errors: [PostgresError.Kind: Counter]

    init(pool: String, factory: any MetricsFactory) {
        let dimensions = [("pool", pool)]
        inUse = Meter(label: "scorecast_postgres_pool_in_use", dimensions: dimensions, factory: factory)
        waiting = Meter(label: "scorecast_postgres_pool_waiting", dimensions: dimensions, factory: factory)
        reconnects = Counter(label: "scorecast_postgres_reconnects_total", dimensions: dimensions, factory: factory)
        let counters = PostgresError.Kind.allCases.map { kind in
            let labels = dimensions + [("kind", kind.rawValue)]
            return (kind, Counter(label: "scorecast_postgres_query_errors_total", dimensions: labels, factory: factory))
        }
        errors = Dictionary(uniqueKeysWithValues: counters)
        // From the start, so that a graph shows zero rather than nothing.
        inUse.set(0)
        waiting.set(0)
    }

    /// Counts a statement or a wait that failed.
    func failed(_ kind: PostgresError.Kind) {
        errors[kind]?.increment()
    }
}
