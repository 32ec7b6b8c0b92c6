/// Names and labels as the format allows them.
enum ExpositionName {
    /// Most labels of one series, and most characters of one label's value: both come from code, so only a mistake
    /// there passes them.
    static let labelsMax = 16
    static let valueScalarsMax = 128

    /// A metric's name: whatever is not a letter, a digit, `_` or `:` becomes `_`.
    static func metric(_ label: String) -> String {
        sanitized(label, allowColon: true)
    }

    /// Labels in the order of their names, as `a="b",c="d"`. Of two labels of one name the first counts; `le`, which
    /// histograms use themselves, becomes `exported_le`.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var values: [String: String] = [:]
        for (name, value) in dimensions.prefix(labelsMax) {
            let clean = label(name)
            if values[clean] == nil { values[clean] = shortened(value) }
        }
        return values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(ExpositionPage.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    private static func label(_ name: String) -> String {
        var clean = sanitized(name, allowColon: false)
        // Names with two leading underscores belong to Prometheus.
        while clean.hasPrefix("__") { clean.removeFirst() }
        return clean == "le" ? "exported_le" : clean
    }

    private static func shortened(_ value: String) -> String {
        let scalars = value.unicodeScalars
        guard scalars.count > valueScalarsMax else { return value }
        return String(String.UnicodeScalarView(scalars.prefix(valueScalarsMax))) + "…"
    }

    private static func sanitized(_ text: String, allowColon: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
            case "0"..."9": name += (name.isEmpty ? "_" : "") + String(scalar)
            case ":" where allowColon: name += ":"
            default: name += "_"
            }
        }
        return name.isEmpty ? "_" : name
    }
}
