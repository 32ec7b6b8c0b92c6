import Foundation
import StrictJSON

/// The figures of two reports side by side.
public struct Comparison: Sendable, Equatable {
    /// Which way a figure should go.
    package enum Better: Sendable { case less, more, neither }

    /// A figure of both reports.
    package struct Row: Sendable, Equatable {
        package var name: String
        package var before: Double?
        package var now: Double?
        /// Worse than before by more than the tolerance.
        package var isWorse: Bool
        /// Better by more than it.
        package var isBetter: Bool

        /// The ratio of new to old; nil if one of them is missing or zero.
        package var ratio: Double? {
            guard let before, let now, before > 0 else { return nil }
            return now / before
        }
    }

    /// A figure: its path in the JSON, the direction in which it is better, and the difference that is only noise.
    private struct Form {
        let name: String
        let path: [String]
        let better: Better
        let noise: Double
    }

    private static let forms: [Form] = {
        var forms = [
            Form(name: "accepted_per_second", path: ["updates", "accepted_per_second"], better: .more, noise: 0.5),
            Form(name: "update_error_share", path: ["updates", "error_share"], better: .less, noise: 0.0005),
        ]
        let spreads = [
            ("update", ["updates", "latency_ms"]), ("staleness", ["watchers", "staleness_ms"]),
            ("first_to_last", ["watchers", "first_to_last_ms"]),
        ]
        for (name, path) in spreads {
            for share in ["p50", "p90", "p99", "p99_9", "max"] {
                forms.append(Form(name: "\(name)_\(share)_ms", path: path + [share], better: .less, noise: 1))
            }
        }
        return forms + [
            Form(name: "converge_ms", path: ["watchers", "converge_ms"], better: .less, noise: 20),
            Form(name: "reconnects", path: ["watchers", "reconnects"], better: .less, noise: 0),
            Form(name: "sent_again", path: ["updates", "sent_again"], better: .less, noise: 0),
            Form(name: "late", path: ["updates", "late"], better: .neither, noise: 0),
            Form(name: "messages", path: ["watchers", "messages"], better: .neither, noise: 0),
            Form(name: "bytes", path: ["watchers", "bytes"], better: .neither, noise: 0),
        ]
    }()

    /// The source of the earlier report.
    package let path: String
    /// When its traffic began, in milliseconds since 1970.
    package let startedAt: Int64?
    package let tolerance: Double
    /// The figures of at least one of the two reports.
    package let rows: [Row]
    /// Settings in which the two scenarios differ, such as `updates.rate: 50, now 100`.
    package let settings: [String]

    init(_ earlier: EarlierReport, with report: LoadReport, tolerance: Double) {
        // Both are read in the same way, so that only equal figures are compared.
        let now =
            (try? JSONValue(report.json, limits: JSONLimits(maxElements: 100_000, maxDocumentBytes: 32 << 20))) ?? .null
        self.init(before: earlier.json, now: now, path: earlier.path, tolerance: tolerance)
    }

    package init(before: JSONValue, now: JSONValue, path: String, tolerance: Double) {
        self.path = path
        self.tolerance = tolerance
        startedAt = before["started_at"]?.integer
        rows = Self.forms.compactMap { form in
            let (old, new) = (Self.number(form.path, in: before), Self.number(form.path, in: now))
            guard old != nil || new != nil else { return nil }
            return Row(
                name: form.name, before: old, now: new, isWorse: Self.isWorse(old, new, form, tolerance),
                isBetter: old != nil && new != nil && Self.isWorse(new, old, form, tolerance))
        }
        settings = Self.differences(before["scenario"] ?? .null, now["scenario"] ?? .null, at: "")
    }

    /// The figures that got worse by more than the tolerance.
    package var worse: [Row] { rows.filter(\.isWorse) }

    private static func number(_ path: [String], in json: JSONValue) -> Double? {
        path.reduce(json as JSONValue?) { $0?[$1] }?.number
    }

    /// Whether `new` is worse than `old`. A figure that was measured before and is missing now is worse.
    private static func isWorse(_ old: Double?, _ new: Double?, _ form: Form, _ tolerance: Double) -> Bool {
        guard let old else { return false }
        switch form.better {
        case .neither: return false
        case .less: return new.map { $0 > old * (1 + tolerance) + form.noise } ?? true
        case .more: return new.map { $0 < old / (1 + tolerance) - form.noise } ?? true
        }
    }

    private static func differences(_ old: JSONValue, _ new: JSONValue, at path: String) -> [String] {
        guard let oldObject = old.object, let newObject = new.object else {
            return old == new ? [] : ["\(path): \(text(old)), now \(text(new))"]
        }
        let keys = oldObject.members.map(\.key) + newObject.members.map(\.key).filter { old[$0] == nil }
        return keys.flatMap { key in
            differences(old[key] ?? .null, new[key] ?? .null, at: path.isEmpty ? key : "\(path).\(key)")
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "none"
        case .string(let text): Figure.printable(text, bytesMax: 80)
        default: value.number.map(Figure.plain) ?? "\(value.type)"
        }
    }
}
