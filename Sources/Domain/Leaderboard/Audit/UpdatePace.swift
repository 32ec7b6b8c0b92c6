/// Measures the speed and the intervals of one user's updates on a board, over the last ones of a stream.
public struct UpdatePace: Sendable {
    /// A stretch of updates that was too fast or too regular.
    public struct Stretch: Hashable, Sendable {
        /// The rule.
        public var rule: Irregularity.Rule
        /// The first and the last event.
        public var seqs: ClosedRange<Int64>
        /// The number of updates.
        public var updates: Int
        /// The most extreme number in it: the most updates in a second, or the least coefficient of variation.
        public var measured: Double
        /// The mean interval of the updates that gave this number, in ms.
        public var intervalMilliseconds: Double
    }

    private let thresholds: AuditThresholds
    /// The last `updatesMin` updates, as a ring.
    private var ring: [(seq: Int64, at: Int64)] = []
    private var oldest = 0
    /// The sums of the intervals in the ring and of their squares. Intervals are at most `intervalMax`, so that both
    /// fit.
    private var sum: Int64 = 0
    private var sumOfSquares: Int64 = 0
    private var fast: Stretch?
    private var regular: Stretch?

    /// Longer intervals end a stretch, in ms: one day.
    private static let intervalMax: Int64 = 86_400_000

    /// Begins a stream.
    public init(_ thresholds: AuditThresholds) {
        self.thresholds = thresholds
    }

    /// Takes the next update.
    ///
    /// - Parameters:
    ///   - at: when it was applied, in ms since 1970.
    ///   - ended: called with each stretch that this update does not continue.
    public mutating func take(seq: Int64, at: Int64, ended: (Stretch) -> Void) {
        if let last = newest {
            let interval = at - last.at
            // A clock that went back says nothing about the user.
            if interval < 0 || interval > Self.intervalMax { finish(ended: ended) }
        }
        add(seq: seq, at: at)
        guard ring.count == thresholds.updatesMin else { return }
        let mean = Double(sum) / Double(ring.count - 1)
        let speed = mean > 0 ? 1000 / mean : Double(ring.count - 1) * 1000
        let (seqs, variation) = (ring[oldest].seq...max(seq, ring[oldest].seq), variation)
        let isRegular = variation.map { $0 < thresholds.variationMin } ?? false
        func measure(_ rule: Irregularity.Rule, _ measured: Double?) -> Stretch? {
            measured.map {
                Stretch(rule: rule, seqs: seqs, updates: ring.count, measured: $0, intervalMilliseconds: mean)
            }
        }
        let isFast = speed > thresholds.updatesPerSecondMax
        fast = Self.extended(fast, by: measure(.tooFast, isFast ? speed : nil), isWorse: >, ended)
        regular = Self.extended(regular, by: measure(.tooRegular, isRegular ? variation : nil), isWorse: <, ended)
    }

    /// Ends the stream, for another user.
    public mutating func finish(ended: (Stretch) -> Void) {
        for stretch in [fast, regular].compactMap({ $0 }) { ended(stretch) }
        (fast, regular, oldest, sum, sumOfSquares) = (nil, nil, 0, 0, 0)
        ring.removeAll(keepingCapacity: true)
    }

    private var newest: (seq: Int64, at: Int64)? {
        ring.isEmpty ? nil : ring[(oldest + ring.count - 1) % ring.count]
    }

    private mutating func add(seq: Int64, at: Int64) {
        if let last = newest { count(at - last.at, times: 1) }
        guard ring.count == thresholds.updatesMin else {
            ring.append((seq, at))
            return
        }
        let second = ring[(oldest + 1) % ring.count]
        count(second.at - ring[oldest].at, times: -1)
        ring[oldest] = (seq, at)
        oldest = (oldest + 1) % ring.count
    }

    private mutating func count(_ interval: Int64, times: Int64) {
        sum += times * interval
        sumOfSquares += times * interval * interval
    }

    /// The coefficient of variation of the intervals in the ring; nil if all are 0.
    private var variation: Double? {
        guard sum > 0 else { return nil }
        let (count, sum) = (Double(ring.count - 1), Double(sum))
        let variance = max(0, Double(sumOfSquares) * count - sum * sum)
        return variance.squareRoot() / sum
    }

    /// Continues a stretch with what the last updates show; nil ends it.
    private static func extended(
        _ open: Stretch?, by next: Stretch?, isWorse: (Double, Double) -> Bool, _ ended: (Stretch) -> Void
    ) -> Stretch? {
        guard let next else {
            if let open { ended(open) }
            return nil
        }
        guard var open else { return next }
        open.seqs = open.seqs.lowerBound...next.seqs.upperBound
        open.updates += 1
        if isWorse(next.measured, open.measured) {
            (open.measured, open.intervalMilliseconds) = (next.measured, next.intervalMilliseconds)
        }
        return open
    }
}
