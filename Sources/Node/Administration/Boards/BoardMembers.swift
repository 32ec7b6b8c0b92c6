import Leaderboard
import StrictJSON

/// The members of a board, as the options of the command line give them. Pure.
public struct BoardMembers: Sendable {
    /// An option whose value cannot be used.
    public struct Problem: Error, CustomStringConvertible, Hashable {
        /// A sentence with the name of the option and the values that it takes.
        public let description: String
    }

    /// Members whose values are texts, by name.
    public var texts: [(name: String, value: String?)] = []
    /// Members whose values are whole numbers, by name.
    public var numbers: [(name: String, value: Int?)] = []
    /// The least and the greatest score: a number, or `none`.
    public var bounds: [(name: String, value: String?)] = []
    /// Whether scores may become worse; nil if that is not given.
    public var allowDecrease: Bool?
    /// A JSON object; nil if it is not given.
    public var metadata: String?
    /// Names of windows, each perhaps several with commas between them.
    public var windows: [String] = []
    /// Windows as `NAME=EXPRESSION`.
    public var crons: [String] = []
    /// Windows as `NAME=START/END`.
    public var seasons: [String] = []

    /// No members.
    public init() {}

    /// Whether a text can be the id of a board.
    public static func isID(_ text: String) -> Bool { Names.isID(text) }

    /// The members as a JSON object.
    ///
    /// - Throws: the first thing that cannot be written as JSON. All else is left to the node.
    public func json() throws(Problem) -> [UInt8] {
        var object = JSONObject()
        for (name, value) in texts { if let value { object[name] = .string(value) } }
        let windows = try windowValues()
        if !windows.isEmpty { object["windows"] = .array(windows) }
        for (name, value) in numbers { if let value { object[name] = .integer(Int64(value)) } }
        for (name, value) in bounds {
            guard let value else { continue }
            if value == "none" {
                object[name] = .null
            } else if let number = Int64(value) {
                object[name] = .integer(number)
            } else {
                throw Problem(
                    description: "--\(name.replacing("_", with: "-")) must be a whole number, or none, not '\(value)'.")
            }
        }
        if let allowDecrease { object["allow_decrease"] = .bool(allowDecrease) }
        if let metadata {
            guard let value = try? JSONValue(Array(metadata.utf8)), value.object != nil else {
                throw Problem(description: "--metadata must be a JSON object, such as '{\"icon\":\"sword\"}'.")
            }
            object["metadata"] = value
        }
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes) { $0.value(.object(object)) }
        return bytes
    }

    private func windowValues() throws(Problem) -> [JSONValue] {
        var values = windows.flatMap { $0.split(separator: ",").map { JSONValue.string(String($0)) } }
        for cron in crons {
            guard let (name, text) = Self.halves(cron, at: "=") else {
                throw Problem(
                    description: "--cron must be NAME='EXPRESSION', such as shift='0 22 * * *', not '\(cron)'.")
            }
            values.append(Self.object([("name", name), ("cron", text)]))
        }
        for season in seasons {
            guard let (name, times) = Self.halves(season, at: "="), let (start, end) = Self.halves(times, at: "/")
            else {
                throw Problem(
                    description: "--season must be NAME=START/END, such as "
                        + "season-1=2026-12-01T00:00:00Z/2027-03-01T00:00:00Z, not '\(season)'.")
            }
            values.append(Self.object([("name", name), ("starts_at", start), ("ends_at", end)]))
        }
        return values
    }

    private static func halves(_ text: String, at separator: Character) -> (String, String)? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    private static func object(_ members: [(String, String)]) -> JSONValue {
        var object = JSONObject()
        for (key, value) in members { object[key] = .string(value) }
        return .object(object)
    }
}
