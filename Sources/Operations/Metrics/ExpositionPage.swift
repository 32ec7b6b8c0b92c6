/// A page in Prometheus' text exposition format 0.0.4.
struct ExpositionPage {
    private(set) var text = ""

    /// Begins a metric family.
    mutating func family(_ name: String, type: String, help: String?) {
        if let help { text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n" }
        text += "# TYPE \(name) \(type)\n"
    }

    /// Appends a sample; `labels` are already in the form `a="b",c="d"`.
    mutating func sample(_ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// A number as Prometheus reads it; whole ones without a decimal point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int64(value)) }
        return value.description
    }

    /// Escapes a help text (backslash, newline), or a label's value (the quote too).
    static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Names and labels as the format allows them.
enum ExpositionName {
    /// Most labels of one series, and most characters of one label's value: both come from code, and so from a slip
    /// in it.
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
        // Two underscores in front are Prometheus' own.
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
