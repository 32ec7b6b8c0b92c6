import Basics

extension SettingForm where Value == RateLimit? {
    /// `<count>/<period>`, or `off`.
    package static var rateLimit: Self {
        let (counts, periods) = (1...1_000_000, Duration.seconds(1)...Duration.seconds(86_400))
        let (shortest, longest) = (DurationText.render(periods.lowerBound), DurationText.render(periods.upperBound))
        return SettingForm(
            parse: { text throws(SettingRejection) in
                if text.lowercased() == "off" { return nil }
                let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { $0.trimmed() }
                guard parts.count == 2, let count = wholeNumber(parts[0]), counts.contains(count),
                    let period = DurationText.parse(parts[1]), periods.contains(period)
                else {
                    throw SettingRejection(
                        "is not off, nor a count from \(counts.lowerBound) to \(counts.upperBound) "
                            + "and a period from \(shortest) to \(longest)")
                }
                return RateLimit(count: count, period: period)
            },
            render: { limit in limit.map { "\($0.count)/\(DurationText.render($0.period))" } ?? "off" },
            values: "`<count>/<period>`, `off`",
            edges: SettingEdges(
                accepted: ["\(counts.lowerBound)/\(shortest)", "\(counts.upperBound)/\(longest)", "off"],
                refused: [
                    "\(counts.lowerBound - 1)/\(shortest)", "\(counts.upperBound + 1)/\(longest)",
                    "\(counts.lowerBound)/\(DurationText.render(periods.lowerBound - .milliseconds(1)))",
                    "\(counts.lowerBound)/\(DurationText.render(periods.upperBound + .milliseconds(1)))",
                ]))
    }
}
