import Basics

/// How a setting's value is written: text to value, and back for listings.
package struct SettingForm<Value: Sendable>: Sendable {
    let parse: @Sendable (String) throws(SettingRejection) -> Value
    /// Nil for "unset".
    let render: @Sendable (Value) -> String?
    /// Which values are right, in Markdown.
    let values: String
    /// Texts at the bounds.
    let edges: SettingEdges
}

extension SettingForm where Value == Int {
    /// A decimal whole number of the range.
    ///
    /// - Parameter unit: what is counted, for the docs; nil if the setting's name says it.
    package static func integer(_ range: ClosedRange<Int>, unit: String? = nil) -> Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                guard let number = wholeNumber(text), range.contains(number) else {
                    throw SettingRejection("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            },
            render: { String($0) },
            values: range.text(unit: unit),
            edges: range.edges)
    }
}

extension SettingForm where Value == Int? {
    /// A decimal whole number of the range, or `off`.
    package static func limit(_ range: ClosedRange<Int>) -> Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                if text.lowercased() == "off" { return nil }
                guard let number = wholeNumber(text), range.contains(number) else {
                    throw SettingRejection(
                        "is not off, nor a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            },
            render: { $0.map { String($0) } ?? "off" },
            values: range.text(unit: nil) + ", `off`",
            edges: SettingEdges(accepted: range.edges.accepted + ["off"], refused: range.edges.refused))
    }
}

extension SettingForm where Value == Duration {
    /// A duration of the range: a whole number and `ms`, `s`, `m`, `h` or `d`; zero needs no unit.
    package static func duration(_ range: ClosedRange<Duration>) -> Self {
        let (low, high) = (DurationText.render(range.lowerBound), DurationText.render(range.upperBound))
        return SettingForm(
            parse: { text throws(SettingRejection) in
                guard let duration = DurationText.parse(text), range.contains(duration) else {
                    throw SettingRejection(
                        "is not a duration from \(low) to \(high) (a whole number and ms, s, m, h or d)")
                }
                return duration
            },
            render: { DurationText.render($0) },
            values: "\(low) to \(high)",
            edges: SettingEdges(
                accepted: [low, high],
                refused: [
                    DurationText.render(range.lowerBound - .milliseconds(1)),
                    DurationText.render(range.upperBound + .milliseconds(1)),
                ]))
    }
}

extension SettingForm where Value == Duration? {
    /// A duration of the range, or `off`.
    package static func durationOrOff(_ range: ClosedRange<Duration>) -> Self {
        let form = SettingForm<Duration>.duration(range)
        return SettingForm(
            parse: { text throws(SettingRejection) in text.lowercased() == "off" ? nil : try form.parse(text) },
            render: { $0.map { DurationText.render($0) } ?? "off" },
            values: form.values + ", `off`",
            edges: SettingEdges(accepted: form.edges.accepted + ["off"], refused: form.edges.refused))
    }
}

extension SettingForm where Value == Bool {
    /// `on` or `off`, in any case.
    package static var onOff: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                switch text.lowercased() {
                case "on": return true
                case "off": return false
                default: throw SettingRejection("is none of on, off")
                }
            },
            render: { $0 ? "on" : "off" },
            values: "`on`, `off`",
            edges: SettingEdges(accepted: ["on", "off"], refused: ["onoff"]))
    }
}

extension SettingForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the enumeration's raw values, in any case.
    package static func oneOf(_ type: Value.Type) -> Self {
        let names = Value.allCases.map(\.rawValue)
        return SettingForm(
            parse: { text throws(SettingRejection) in
                guard let value = Value(rawValue: text.lowercased()) else {
                    throw SettingRejection("is none of \(names.joined(separator: ", "))")
                }
                return value
            },
            render: { $0.rawValue },
            values: names.map { "`\($0)`" }.joined(separator: ", "),
            edges: SettingEdges(accepted: names, refused: [names.joined()]))
    }
}

extension SettingForm {
    /// The same form for a value that can be unset.
    package static func optional<Wrapped: Sendable>(_ form: SettingForm<Wrapped>) -> Self where Value == Wrapped? {
        SettingForm(
            parse: { text throws(SettingRejection) in try form.parse(text) },
            render: { $0.flatMap(form.render) },
            values: form.values,
            edges: form.edges)
    }

    /// A list of the form's values, separated by commas; empty items are passed over.
    package static func list<Item: Sendable>(of form: SettingForm<Item>, countMax: Int) -> Self where Value == [Item] {
        SettingForm(
            parse: { text throws(SettingRejection) in
                var items: [Item] = []
                for part in text.split(separator: ",") {
                    let item = part.trimmed()
                    if item.isEmpty { continue }
                    do throws(SettingRejection) {
                        items.append(try form.parse(item))
                    } catch {
                        throw SettingRejection("has an item (number \(items.count + 1)) that \(error.reason)")
                    }
                }
                guard items.count <= countMax else { throw SettingRejection("holds more than \(countMax) items") }
                return items
            },
            render: { $0.isEmpty ? nil : $0.compactMap(form.render).joined(separator: ",") },
            values: "at most \(countMax), separated by commas: \(form.values)",
            edges: SettingEdges(
                accepted: form.edges.accepted + form.edges.accepted.prefix(1).map { $0.repeated(countMax) },
                refused: form.edges.refused + form.edges.accepted.prefix(1).map { $0.repeated(countMax + 1) }))
    }
}

extension ClosedRange<Int> {
    fileprivate func text(unit: String?) -> String {
        "\(lowerBound) to \(upperBound)" + (unit.map { " " + $0 } ?? "")
    }

    fileprivate var edges: SettingEdges {
        SettingEdges(
            accepted: [String(lowerBound), String(upperBound)],
            refused: [String(lowerBound - 1), String(upperBound + 1)])
    }
}

extension String {
    /// A list of `count` times this.
    fileprivate func repeated(_ count: Int) -> String {
        Array(repeating: self, count: count).joined(separator: ",")
    }
}
