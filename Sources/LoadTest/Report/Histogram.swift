/// Counts values by size, in buckets that are at most a 128th of their values wide: percentiles of any number of values
/// in constant memory, exact to less than one percent. The layout is that of HDR histograms (hdrhistogram.org).
package struct Histogram: Sendable, Equatable {
    /// Values below this have a bucket each.
    private static let exactBits = 8
    private static let half = 1 << (exactBits - 1)
    /// Larger values count as this: 12 days in microseconds.
    private static let valueMax = Int64(1) << 40

    private var buckets: [Int] = []
    /// How many values were recorded.
    package private(set) var count = 0
    /// The largest value; 0 where there is none.
    package private(set) var max: Int64 = 0
    /// How many values were below zero, and counted as zero.
    package private(set) var belowZero = 0

    /// Nothing recorded.
    package init() {}

    /// Records a value.
    package mutating func record(_ value: Int64) {
        if value < 0 { belowZero += 1 }
        let value = Swift.min(Swift.max(value, 0), Self.valueMax)
        let index = Self.index(of: value)
        if index >= buckets.count {
            buckets.append(contentsOf: repeatElement(0, count: index + 1 - buckets.count))
        }
        buckets[index] += 1
        count += 1
        max = Swift.max(max, value)
    }

    /// Adds all values of another one.
    package mutating func add(_ other: Histogram) {
        if other.buckets.count > buckets.count {
            buckets.append(contentsOf: repeatElement(0, count: other.buckets.count - buckets.count))
        }
        for (index, count) in other.buckets.enumerated() { buckets[index] += count }
        count += other.count
        belowZero += other.belowZero
        max = Swift.max(max, other.max)
    }

    /// The value that so large a share of all values does not pass (nearest rank), never too small; nil where there is
    /// none.
    ///
    /// - Parameter share: 0 to 1.
    package func percentile(_ share: Double) -> Int64? {
        guard count > 0 else { return nil }
        var rank = Swift.max(Int((share * Double(count)).rounded(.up)), 1)
        for (index, count) in buckets.enumerated() {
            rank -= count
            if rank <= 0 { return Swift.min(Self.last(of: index), max) }
        }
        return max
    }

    private static func index(of value: Int64) -> Int {
        let bits = Int64.bitWidth - value.leadingZeroBitCount
        guard bits > exactBits else { return Int(value) }
        let shift = bits - exactBits
        return shift * half + Int(value >> Int64(shift))
    }

    /// The largest value of a bucket.
    private static func last(of index: Int) -> Int64 {
        guard index >= 2 * half else { return Int64(index) }
        let shift = index / half - 1
        return (Int64(index % half + half) + 1) << Int64(shift) - 1
    }
}
