import StrictJSON

/// Durations as people write them: `500ms`, `30s`, `5m`, `1h`.
enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// nil for anything else; ten digits at most.
    static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard digits.count <= 10, let count = Int64(digits),
            let unit = units.first(where: { $0.suffix == suffix })
        else {
            return nil
        }
        return .milliseconds(count * unit.milliseconds)
    }

    /// In the largest unit that divides it.
    static func render(_ duration: Duration) -> String {
        let milliseconds = Int64(duration / .milliseconds(1))
        let unit = units.first { milliseconds > 0 && milliseconds.isMultiple(of: $0.milliseconds) }
        return unit.map { "\(milliseconds / $0.milliseconds)\($0.suffix)" } ?? "\(milliseconds)ms"
    }
}
