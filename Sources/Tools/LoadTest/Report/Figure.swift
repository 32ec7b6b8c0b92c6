/// Numbers as reports write them.
package enum Figure {
    /// Without a fraction if it is zero, else with up to four digits of it.
    package static func plain(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let rounded = (value * 10_000).rounded() / 10_000
        return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
    }

    /// One digit after the point.
    package static func tenths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// Two digits after the point.
    package static func hundredths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e13 else { return "-" }
        let hundredths = Int64((abs(value) * 100).rounded())
        let digits = "\(hundredths % 100)"
        return "\(value < 0 && hundredths > 0 ? "-" : "")\(hundredths / 100).\(digits.count == 1 ? "0" : "")\(digits)"
    }

    /// Microseconds as milliseconds.
    package static func milliseconds(_ microseconds: Int64?) -> String {
        microseconds.map { tenths(Double($0) / 1000) } ?? "-"
    }

    /// A share as percent, two digits after the point.
    package static func percent(_ share: Double) -> String {
        let hundredths = Int64((share * 10_000).rounded())
        let digits = "\(hundredths % 100)"
        return "\(hundredths / 100).\(digits.count == 1 ? "0" : "")\(digits) %"
    }

    /// A text from outside, for one line of a terminal or a page: control characters become `?`, and a long text is
    /// cut.
    package static func printable(_ text: String, bytesMax: Int = 2048) -> String {
        var plain = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= bytesMax else { return String(plain) + "…" }
            let isShown =
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                // Characters that control the direction of text; the joiner is part of many emoji.
                case .format: scalar.value == 0x200D
                default: true
                }
            plain.append(isShown ? scalar : "?")
        }
        return String(plain)
    }
}
