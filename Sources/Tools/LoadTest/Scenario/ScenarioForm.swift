import Basics
import StrictJSON

/// The form of one member of a scenario: reads it from JSON, and describes allowed values.
package struct ScenarioForm<Value> {
    /// In words, to follow "must be".
    let words: String
    /// nil for a malformed value.
    let read: (JSONValue) -> Value?
}

extension ScenarioForm where Value == Int {
    static func integer(_ range: ClosedRange<Int64>) -> Self {
        ScenarioForm(words: "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
            value.integer.flatMap { range.contains($0) ? Int($0) : nil }
        }
    }
}

extension ScenarioForm where Value == Int64 {
    static func integer(_ range: ClosedRange<Int64>) -> Self {
        ScenarioForm(words: "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
            value.integer.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ScenarioForm where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Self {
        ScenarioForm(words: "a number from \(Figure.plain(range.lowerBound)) to \(Figure.plain(range.upperBound))") {
            value in
            value.number.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ScenarioForm where Value == String {
    static func text(bytesMax: Int) -> Self {
        ScenarioForm(words: "a text of 1 to \(bytesMax) bytes without control characters") { value in
            value.string.flatMap { text in
                (1...bytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
                    ? text : nil
            }
        }
    }

    /// The form of ids of boards and actions.
    static var id: Self { id(bytesMax: 64) }

    /// The same with fewer bytes, for an id from which others are made.
    static func id(bytesMax: Int) -> Self {
        ScenarioForm(words: "1 to \(bytesMax) of A-Z a-z 0-9 _ -") { value in
            value.string.flatMap { text in
                let isID = (1...bytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isIDByte }
                return isID ? text : nil
            }
        }
    }
}

extension ScenarioForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static func oneOf(_ type: Value.Type) -> Self {
        ScenarioForm(words: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", ")) { value in
            value.string.flatMap { Value(rawValue: $0) }
        }
    }
}

extension ScenarioForm where Value == Duration {
    /// A whole number and `ms`, `s`, `m` or `h`, like durations in the settings of nodes.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let (low, high) = (DurationText.render(range.lowerBound), DurationText.render(range.upperBound))
        return ScenarioForm(words: "a duration from \(low) to \(high), such as \"500ms\", \"30s\" or \"5m\"") { value in
            value.string.flatMap { DurationText.parse($0) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}
