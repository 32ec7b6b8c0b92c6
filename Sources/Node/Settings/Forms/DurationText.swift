import Basics

/// Durations as settings write them: a whole number and `ms`, `s`, `m`, `h` or `d`.
enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A duration such as `50ms`, `2s`, `1m`, `1h` or `30d`, or `0`; nil for anything else, or for more than `Int64`
    /// milliseconds.
    static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard let number = wholeNumber(String(digits)) else { return nil }
        if number == 0 && suffix.isEmpty { return .zero }
        guard let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
        let (milliseconds, overflow) = Int64(number).multipliedReportingOverflow(by: unit.milliseconds)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    /// A duration in the largest unit that divides it: `90s`, `2m`, `24h`, `2d`, `0`. The inverse of ``parse(_:)`` for
    /// whole milliseconds.
    static func render(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        if milliseconds == 0 { return "0" }
        for unit in units where milliseconds % unit.milliseconds == 0 {
            // Bounds of a day read better in hours.
            if unit.suffix == "d", milliseconds == unit.milliseconds { continue }
            return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
        }
        return "\(milliseconds)ms"
    }
}
