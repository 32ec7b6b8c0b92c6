/// The amounts of all updates of a board, in constant memory: how often each magnitude came, and the largest ones.
public struct PointsDistribution: Sendable {
    /// A large amount.
    public struct Large: Hashable, Sendable {
        /// The user.
        @ByteExact public var userID: String
        /// The event.
        public var seq: Int64
        /// The action.
        public var action: String
        /// The amount.
        public var points: Int64

        /// Creates one.
        public init(userID: String, seq: Int64, action: String, points: Int64) {
            self.userID = userID
            self.seq = seq
            self.action = action
            self.points = points
        }
    }

    /// Buckets for each power of two. So the percentile is at most a sixteenth too large.
    private static let steps = 16
    /// The largest amounts that are kept. Of a million updates, as many are beyond the 99.9th percentile.
    private static let largeMax = 1000

    private var counts = [Int](repeating: 0, count: 64 * steps)
    private var total = 0
    private var large: [Large] = []
    /// Amounts up to this one are not among the largest.
    private var least: UInt64 = 0

    /// Creates an empty distribution.
    public init() {}

    /// Counts an amount. Its magnitude matters, not its sign.
    ///
    /// - Parameter isCandidate: whether it can be too large. Others only count for the percentile.
    public mutating func take(_ amount: Large, isCandidate: Bool) {
        let magnitude = amount.points.magnitude
        counts[Self.bucket(magnitude)] += 1
        total += 1
        guard isCandidate, magnitude > least else { return }
        large.append(amount)
        if large.count >= 2 * Self.largeMax { keepLargest() }
    }

    private mutating func keepLargest() {
        large.sort { ($0.points.magnitude, $1.seq) > ($1.points.magnitude, $0.seq) }
        large.removeLast(max(0, large.count - Self.largeMax))
        if large.count == Self.largeMax { least = large[large.count - 1].points.magnitude }
    }

    /// The 99.9th percentile of the magnitudes, rounded up by at most a sixteenth; 0 without amounts.
    public var percentile: Int64 {
        let rank = (total * 999 + 999) / 1000
        var seen = 0
        for (index, count) in counts.enumerated() where count > 0 {
            seen += count
            if seen >= rank { return Int64(clamping: Self.greatest(ofBucket: index)) }
        }
        return 0
    }

    /// The candidates whose magnitude is over a bound, largest first; at most the thousand largest.
    public mutating func candidates(over bound: Int64) -> [Large] {
        keepLargest()
        return large.filter { $0.points.magnitude > bound.magnitude }
    }

    private static func bucket(_ magnitude: UInt64) -> Int {
        guard magnitude >= UInt64(steps) else { return Int(magnitude) }
        let exponent = 63 - magnitude.leadingZeroBitCount
        let step = Int(magnitude >> UInt64(exponent - 4)) - steps
        return (exponent - 3) * steps + step
    }

    private static func greatest(ofBucket index: Int) -> UInt64 {
        guard index >= steps else { return UInt64(index) }
        let exponent = index / steps + 3
        let next = UInt64(index % steps + steps + 1)
        return (next << UInt64(exponent - 4)) &- 1
    }
}
