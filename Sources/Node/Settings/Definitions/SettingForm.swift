import Basics

/// Why a text is not a value of a setting, as the rest of a sentence that begins with the text:
/// `is not a whole number from 1 to 64`.
struct Rejection: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// How a setting's value is written: text to value, and back for listings. `render` gives nil for "unset".
struct SettingForm<Value: Sendable>: Sendable {
    let parse: @Sendable (String) throws(Rejection) -> Value
    let render: @Sendable (Value) -> String?
}

extension SettingForm where Value == Int {
    /// A decimal whole number of the range.
    static func integer(_ range: ClosedRange<Int>) -> Self {
        SettingForm(
            parse: { text throws(Rejection) in
                guard let number = wholeNumber(text), range.contains(number) else {
                    throw Rejection("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            },
            render: { String($0) })
    }
}

extension SettingForm where Value == Int? {
    /// A decimal whole number of the range, or `off`.
    static func limit(_ range: ClosedRange<Int>) -> Self {
        SettingForm(
            parse: { text throws(Rejection) in
                if text.lowercased() == "off" { return nil }
                guard let number = wholeNumber(text), range.contains(number) else {
                    throw Rejection("is not off, nor a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            },
            render: { $0.map { String($0) } ?? "off" })
    }
}

extension SettingForm where Value == Duration {
    /// A duration of the range: a whole number and `ms`, `s`, `m` or `h`; zero needs no unit.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        SettingForm(
            parse: { text throws(Rejection) in
                guard let duration = parseDuration(text), range.contains(duration) else {
                    let (low, high) = (renderDuration(range.lowerBound), renderDuration(range.upperBound))
                    throw Rejection("is not a duration from \(low) to \(high) (a whole number and ms, s, m or h)")
                }
                return duration
            },
            render: { renderDuration($0) })
    }
}

extension SettingForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the enumeration's raw values, in any case.
    static func oneOf(_ type: Value.Type) -> Self {
        SettingForm(
            parse: { text throws(Rejection) in
                guard let value = Value(rawValue: text.lowercased()) else {
                    throw Rejection("is none of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return value
            },
            render: { $0.rawValue })
    }
}

extension SettingForm {
    /// The same form for a value that can be unset.
    static func optional<Wrapped: Sendable>(_ form: SettingForm<Wrapped>) -> Self where Value == Wrapped? {
        SettingForm(
            parse: { text throws(Rejection) in try form.parse(text) },
            render: { $0.flatMap(form.render) })
    }

    /// A list of the form's values, separated by commas; empty items are passed over.
    static func list<Item: Sendable>(of form: SettingForm<Item>, countMax: Int) -> Self where Value == [Item] {
        SettingForm(
            parse: { text throws(Rejection) in
                var items: [Item] = []
                for part in text.split(separator: ",") {
                    let item = part.trimmed()
                    if item.isEmpty { continue }
                    do throws(Rejection) {
                        items.append(try form.parse(item))
                    } catch {
                        throw Rejection("has an item (number \(items.count + 1)) that \(error.reason)")
                    }
                }
                guard items.count <= countMax else { throw Rejection("holds more than \(countMax) items") }
                return items
            },
            render: { $0.isEmpty ? nil : $0.compactMap(form.render).joined(separator: ",") })
    }
}

/// A number of ASCII digits only (no sign, at most 18 of them, so that it fits any arithmetic on it); nil for
/// anything else.
func wholeNumber(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
}

private let durationUnits: [(suffix: String, milliseconds: Int64)] = [
    ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
]

/// A duration such as `50ms`, `2s`, `1m` or `1h`; nil for anything else, or for more than `Int64` milliseconds.
func parseDuration(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let suffix = text.dropFirst(digits.count)
    guard let number = wholeNumber(String(digits)) else { return nil }
    if number == 0 && suffix.isEmpty { return .zero }
    guard let unit = durationUnits.first(where: { $0.suffix == suffix }) else { return nil }
    let (milliseconds, overflow) = Int64(number).multipliedReportingOverflow(by: unit.milliseconds)
    return overflow ? nil : .milliseconds(milliseconds)
}

/// A duration in the largest unit that divides it: `90s`, `2m`, `0`. The inverse of ``parseDuration(_:)`` for whole
/// milliseconds.
func renderDuration(_ duration: Duration) -> String {
    let milliseconds = duration.wholeMilliseconds
    if milliseconds == 0 { return "0" }
    for unit in durationUnits where milliseconds % unit.milliseconds == 0 {
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
    return "\(milliseconds)ms"
}
