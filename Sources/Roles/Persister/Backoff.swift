/// The wait before the next try. Its upper bound doubles with each failure, up to a cap, and the wait is random between
/// half the base and the bound.
struct Backoff {
    private let base: Double
    private let cap: Double
    private var failures = 0

    init(baseMilliseconds: Double = 50, capMilliseconds: Double = 2000) {
        base = baseMilliseconds
        cap = capMilliseconds
    }

    /// Returns the next wait. Each call counts as one more failure.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let bound = min(cap, base * Double(1 << min(failures, 16)))
        failures += 1
        return .milliseconds(Int64(Double.random(in: base / 2...max(base, bound), using: &generator)))
    }

    /// Starts over after a success.
    mutating func reset() { failures = 0 }
}
