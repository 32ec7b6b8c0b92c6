import Basics
import Metrics

/// The metrics of the AI service.
struct AIMetrics: Sendable {
    private let answered: Counter
    private let failures: [AIError.Kind: Counter]
    private let breaker: Gauge
    private let time: Timer

    init(factory: any MetricsFactory) {
        func counter(_ outcome: String) -> Counter {
            Counter(label: "scorecast_ai_requests_total", dimensions: [("outcome", outcome)], factory: factory)
        }
        answered = counter("answered")
        failures = Dictionary(uniqueKeysWithValues: AIError.Kind.allCases.map { ($0, counter($0.rawValue)) })
        breaker = Gauge(label: "scorecast_ai_breaker_state", dimensions: [], factory: factory)
        time = Timer(label: "scorecast_ai_request_seconds", dimensions: [], factory: factory)
        breaker.record(0)
    }

    /// A request that was answered as it should be.
    func countAnswer() { answered.increment() }

    /// A request that failed, or was not sent.
    func count(_ failure: AIError.Kind) { failures[failure]?.increment() }

    /// How long a request took, whatever came of it.
    func record(time: Duration) { self.time.recordMilliseconds(time.wholeMilliseconds) }

    /// 0 closed, 1 while a probe is under way, 2 open.
    func record(_ state: CircuitBreaker.State) {
        switch state {
        case .closed: breaker.record(0)
        case .probing: breaker.record(1)
        case .open: breaker.record(2)
        }
    }
}
