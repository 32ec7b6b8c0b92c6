import Foundation
import StrictJSON

/// All problems of a scenario, each with the path of the member.
public struct ScenarioError: Error, Equatable, CustomStringConvertible {
    /// One sentence for each problem.
    public let problems: [String]

    /// The problems, one on a line.
    public var description: String { problems.joined(separator: "\n") }
}

/// Reads scenarios strictly: an unknown member is most likely a typing mistake.
public struct ScenarioReader {
    private var problems: [String] = []

    /// Larger files are not scenarios.
    private static let bytesMax = 1 << 20

    /// Reads a file.
    ///
    /// - Throws: ``ScenarioError``, which names all that is wrong.
    public static func read(file path: String) throws(ScenarioError) -> Scenario {
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.bytes(of: path, bytesMax: bytesMax)
        } catch {
            throw ScenarioError(problems: [error.description])
        }
        return try read(bytes)
    }

    /// Reads a text.
    ///
    /// - Throws: ``ScenarioError``, which names all that is wrong.
    public static func read(_ json: [UInt8]) throws(ScenarioError) -> Scenario {
        let value: JSONValue
        do {
            value = try JSONValue(json, limits: JSONLimits(maxDocumentBytes: bytesMax))
        } catch {
            throw ScenarioError(problems: [error.message])
        }
        var reader = ScenarioReader()
        let scenario = reader.scenario(value)
        guard reader.problems.isEmpty else { throw ScenarioError(problems: reader.problems) }
        return scenario
    }

    // MARK: Objects

    private mutating func scenario(_ value: JSONValue) -> Scenario {
        var scenario = Scenario(duration: .zero)
        if value["duration"] == nil, value.object != nil { problems.append("duration: is required") }
        each(of: value, at: "") { reader, member, path in
            let value = member.value
            switch member.key {
            case "name": reader.set(&scenario.name, value, path, .text(bytesMax: 100))
            case "seed":
                var seed: Int64 = 0
                reader.set(&seed, value, path, .integer(0...JSONReader.exactIntegers.upperBound))
                scenario.seed = UInt64(seed)
            case "board": reader.set(&scenario.board, value, path, .id)
            case "duration":
                reader.set(&scenario.duration, value, path, .duration(.milliseconds(100) ... .seconds(86_400)))
            case "settle":
                reader.set(&scenario.settle, value, path, .duration(.milliseconds(100) ... .seconds(3600)))
            case "watchers": scenario.watchers = reader.watchers(value, path)
            case "updates": scenario.updates = reader.updates(value, path)
            case "thresholds": scenario.thresholds = reader.thresholds(value, path)
            default: return false
            }
            return true
        }
        if scenario.updates.rate == 0, scenario.watchers.count == 0 {
            problems.append("updates.rate: is 0, and there are no watchers: nothing would be proved")
        }
        return scenario
    }

    private mutating func watchers(_ value: JSONValue, _ path: String) -> Scenario.Watchers {
        var watchers = Scenario.Watchers()
        each(of: value, at: path) { reader, member, path in
            switch member.key {
            case "count": reader.set(&watchers.count, member.value, path, .integer(0...100_000))
            case "mode": reader.set(&watchers.mode, member.value, path, .oneOf(Scenario.Mode.self))
            case "limit": reader.set(&watchers.limit, member.value, path, .integer(1...100))
            case "arrivals": reader.set(&watchers.arrivals, member.value, path, .number(1...10_000))
            default: return false
            }
            return true
        }
        return watchers
    }

    private mutating func updates(_ value: JSONValue, _ path: String) -> Scenario.Updates {
        var updates = Scenario.Updates()
        each(of: value, at: path) { reader, member, path in
            let value = member.value
            switch member.key {
            case "users": reader.set(&updates.users, value, path, .integer(1...100_000))
            case "rate": reader.set(&updates.rate, value, path, .number(0...100_000))
            case "connections": reader.set(&updates.connections, value, path, .integer(1...4096))
            case "timeout":
                reader.set(&updates.timeout, value, path, .duration(.milliseconds(100) ... .seconds(60)))
            case "replays": reader.set(&updates.replays, value, path, .number(0...1))
            case "invalid": reader.set(&updates.invalid, value, path, .number(0...1))
            case "action":
                reader.set(&updates.action, value, path, .id(bytesMax: 64 - StartingLine.suffix.utf8.count))
            case "points": reader.set(&updates.points, value, path, .integer(1...1_000_000))
            default: return false
            }
            return true
        }
        if updates.replays + updates.invalid > 1 {
            problems.append("\(path).invalid: must be at most 1 together with \(path).replays")
        }
        return updates
    }

    private mutating func thresholds(_ value: JSONValue, _ path: String) -> [Measure: Double] {
        var thresholds = Scenario(duration: .zero).thresholds
        each(of: value, at: path) { reader, member, path in
            guard let measure = Measure(rawValue: member.key) else { return false }
            let most: Double = measure == .updateErrors ? 1 : 1e9
            var limit = 0.0
            reader.set(&limit, member.value, path, .number(0...most))
            thresholds[measure] = limit
            return true
        }
        return thresholds
    }

    // MARK: Members

    /// Visits the members of an object; `body` says whether it knows the member.
    private mutating func each(
        of value: JSONValue, at path: String, _ body: (inout Self, JSONObject.Member, String) -> Bool
    ) {
        guard let object = value.object else {
            problems.append("\(path.isEmpty ? "the scenario" : path): must be an object, \(Self.found(value))")
            return
        }
        for member in object.members {
            let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
            if !body(&self, member, inner) { problems.append("\(inner): is not a member of a scenario") }
        }
    }

    private mutating func set<Value>(
        _ target: inout Value, _ value: JSONValue, _ path: String, _ form: ScenarioForm<Value>
    ) {
        if let read = form.read(value) {
            target = read
        } else {
            problems.append("\(path): must be \(form.words), \(Self.found(value))")
        }
    }

    /// A short description of the value that is there instead.
    private static func found(_ value: JSONValue) -> String {
        switch value {
        case .null: "not null"
        case .bool(let value): "not \(value)"
        case .integer(let value): "not \(value)"
        case .double(let value): "not \(value)"
        case .string(let text): text.utf8.count <= 40 ? "not \"\(text)\"" : "not a text of \(text.utf8.count) bytes"
        case .array: "not an array"
        case .object: "not an object"
        }
    }
}
