import Foundation

/// The places of values on an axis, and the marks of the axis. Pure.
package struct ChartScale: Sendable, Equatable {
    /// How values are spread over the axis.
    package enum Kind: Sendable { case linear, logarithmic }

    /// A marked value.
    package struct Tick: Sendable, Equatable {
        package var value: Double
        package var text: String

        package init(_ value: Double, _ text: String) {
            self.value = value
            self.text = text
        }
    }

    private let kind: Kind
    /// The ends of the axis.
    package let low: Double
    package let high: Double
    /// In order.
    package let ticks: [Tick]

    /// An axis with given marks.
    package init(_ kind: Kind, low: Double, high: Double, ticks: [Tick]) {
        (self.kind, self.low, self.high, self.ticks) = (kind, low, max(high, low + .ulpOfOne), ticks)
    }

    /// From 0 to a round number past the largest value, with about four marks.
    package static func linear(_ values: [Double]) -> ChartScale {
        let largest = max(values.max() ?? 1, 1e-9)
        let step = roundStep(largest / 4)
        let count = Int((largest / step - 1e-9).rounded(.up))
        let ticks = (0...max(count, 1)).map { Tick(Double($0) * step, text(Double($0) * step)) }
        return ChartScale(.linear, low: 0, high: Double(max(count, 1)) * step, ticks: ticks)
    }

    /// Whole powers of ten around the values, or 1, 2 and 5 times them when there are few.
    package static func logarithmic(_ values: [Double]) -> ChartScale {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        let (least, most) = (max(positive.min() ?? 1, 1e-3), max(positive.max() ?? 10, 1e-3))
        let few = log10(most / least) <= 2.2
        let factors: [Double] = few ? [1, 2, 5] : [1]
        let exponents = Int(floor(log10(least))) - 1...Int(ceil(log10(most))) + 1
        let marks = exponents.flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }
        let low = marks.last { $0 <= least * 1.000001 } ?? least
        var high = marks.first { $0 >= most * 0.999999 } ?? most
        if high <= low { high = marks.first { $0 > low } ?? low * 10 }
        let ticks = marks.filter { $0 >= low && $0 <= high }.map { Tick($0, text($0)) }
        return ChartScale(.logarithmic, low: low, high: high, ticks: ticks)
    }

    /// Times since the beginning, about five of them marked.
    package static func time(seconds: Double) -> ChartScale {
        let steps: [Double] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200]
        let length = max(seconds, 1)
        let step = steps.first { length / $0 <= 6 } ?? 86_400
        let ticks = stride(from: 0, through: length, by: step).map { Tick($0, clock($0)) }
        return ChartScale(.linear, low: 0, high: length, ticks: ticks)
    }

    /// 0 at the low end, 1 at the high one; values past an end are put at that end.
    package func place(_ value: Double) -> Double {
        let share =
            switch kind {
            case .linear: (value - low) / (high - low)
            case .logarithmic: log(max(value, low) / low) / log(high / low)
            }
        return min(max(share, 0), 1)
    }

    /// 1, 2 or 5 times a power of ten, at least this.
    private static func roundStep(_ value: Double) -> Double {
        let power = pow(10, floor(log10(value)))
        return ([1, 2, 5, 10].first { $0 * power >= value * 0.999999 } ?? 10) * power
    }

    /// A value next to an axis: `0.2`, `50`, `20k`, `3M`.
    package static func text(_ value: Double) -> String {
        switch value {
        case 1e9...: "\(Figure.plain(value / 1e9))G"
        case 1e6...: "\(Figure.plain(value / 1e6))M"
        case 1e4...: "\(Figure.plain(value / 1e3))k"
        default: Figure.plain(value)
        }
    }

    /// A time since the beginning: `0:05`, `12:00`, `3:00:00`.
    package static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds)
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
