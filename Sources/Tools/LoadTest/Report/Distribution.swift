import Histogram

/// The distribution of any number of values, in constant memory: an HDR histogram (hdrhistogram.org) with percentiles
/// by nearest rank, exact to a thousandth unless it says otherwise.
package struct Distribution: Sendable, Equatable {
    /// The precision of percentiles.
    package enum Precision: Sendable {
        /// To a hundredth, in a tenth of the memory: for one distribution of many.
        case hundredth
        /// To a thousandth.
        case thousandth
    }

    /// Larger values count as this: 12 days in microseconds.
    private static let valueMax = Int64(1) << 40

    private var values: Histogram<UInt64>
    /// The number of values below zero, which count as zero.
    package private(set) var belowZero = 0

    /// Nothing recorded.
    package init(_ precision: Precision = .thousandth) {
        values = Histogram(numberOfSignificantValueDigits: precision == .thousandth ? .three : .two)
    }

    /// The number of recorded values.
    package var count: Int { Int(clamping: values.totalCount) }

    /// Records a value.
    package mutating func record(_ value: Int64) {
        if value < 0 { belowZero += 1 }
        values.record(UInt64(min(max(value, 0), Self.valueMax)))
    }

    /// Adds all values of another one; of the same precision.
    package mutating func add(_ other: Distribution) {
        values.add(other.values)
        belowZero += other.belowZero
    }

    /// The value that this share of all values does not exceed, never too small; nil if nothing was recorded.
    ///
    /// - Parameter share: 0 to 1.
    package func percentile(_ share: Double) -> Int64? {
        count > 0 ? Int64(clamping: values.valueAtPercentile(share * 100)) : nil
    }
}
