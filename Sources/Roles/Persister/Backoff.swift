/// How long to wait before the next try: full jitter under a bound that doubles with each failure.
struct Backoff {
    private let base: Double
    private let cap: Double
    private var failures = 0

    init(baseMilliseconds: Double = 50, capMilliseconds: Double = 2000) {
        base = baseMilliseconds
        cap = capMilliseconds
    }

    /// The next wait; each call counts as one more failure.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let bound = min(cap, base * Double(1 << min(failures, 16)))
        failures += 1
        return .milliseconds(Int64(Double.random(in: base / 2...max(base, bound), using: &generator)))
    }

    /// The last try succeeded.
    mutating func reset() { failures = 0 }
}
