/// Numbers as reports write them.
package enum Figure {
    /// Without a fraction where there is none, else with up to four digits of it.
    package static func plain(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let rounded = (value * 10_000).rounded() / 10_000
        return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
    }

    /// One digit behind the point.
    package static func tenths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// Microseconds as milliseconds.
    package static func milliseconds(_ microseconds: Int64?) -> String {
        microseconds.map { tenths(Double($0) / 1000) } ?? "-"
    }

    /// A share as percent, two digits behind the point.
    package static func percent(_ share: Double) -> String {
        let hundredths = Int64((share * 10_000).rounded())
        let digits = "\(hundredths % 100)"
        return "\(hundredths / 100).\(digits.count == 1 ? "0" : "")\(digits) %"
    }
}
