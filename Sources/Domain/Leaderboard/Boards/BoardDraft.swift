import Basics
import StrictJSON

/// The members of a board that a JSON object gives. Members that it does not give, and members that are null, keep
/// their values; `min_score` and `max_score` are removed by null.
public struct BoardDraft: Sendable {
    private var id: String?
    private var group: String?
    private var `operator`: String?
    private var order: String?
    private var ties: String?
    private var windows: [WindowDraft]?
    private var timeZone: String?
    private var graceSeconds: Int64?
    private var keepPeriods: Int64?
    private var top: Int64?
    private var visibility: String?
    private var minScore: Int64??
    private var maxScore: Int64??
    private var allowDecrease: Bool?
    private var metadata: String?
    private var unknown: [FieldProblem] = []

    private static let textBytesMax = 256
    /// The longest metadata, in bytes.
    public static let metadataBytesMax = 4096
    /// The limits of an object that is read. Metadata has as many members as fit in it; stored boards are nested three
    /// deeper than this, and that has to be within ``StrictJSON/JSONLimits/deepest``.
    public static let limits = JSONLimits(maxDepth: 100, maxMembers: 1024)
    private static let scoreReason = ScoreBounds.reason + " or null"

    /// No members.
    public init() {}

    /// Reads one member. A member that boards do not have becomes a problem.
    public mutating func read(_ key: JSONText, from reader: inout JSONReader) throws(JSONError) {
        let member = key.string
        if try reader.readNullIfPresent() {
            switch member {
            case "min_score": minScore = .some(nil)
            case "max_score": maxScore = .some(nil)
            default: if !Self.members.contains(member) { unknown.append(.unknownMember(member)) }
            }
            return
        }
        switch member {
        case "board": id = try reader.readString(maxBytes: Names.idBytesMax)
        case "operator": self.operator = try reader.readString(maxBytes: Self.textBytesMax)
        case "order": order = try reader.readString(maxBytes: Self.textBytesMax)
        case "ties": ties = try reader.readString(maxBytes: Self.textBytesMax)
        case "windows": windows = try Self.windows(&reader)
        case "time_zone": timeZone = try reader.readString(maxBytes: Self.textBytesMax)
        case "grace_seconds": graceSeconds = try reader.readInteger()
        case "keep_periods": keepPeriods = try reader.readInteger()
        case "group": group = try reader.readString(maxBytes: Self.textBytesMax)
        case "top": top = try reader.readInteger()
        case "visibility": visibility = try reader.readString(maxBytes: Self.textBytesMax)
        case "min_score": minScore = .some(try reader.readInteger())
        case "max_score": maxScore = .some(try reader.readInteger())
        case "allow_decrease": allowDecrease = try reader.readBool()
        case "metadata":
            guard try reader.peek() == .object else { throw reader.fail(.typeMismatch) }
            metadata = String(decoding: try reader.readRawValue(), as: UTF8.self)
        default:
            unknown.append(.unknownMember(member))
            try reader.skipValue()
        }
    }

    /// The members of a board in JSON, in their order.
    public static let members = [
        "board", "operator", "order", "ties", "windows", "time_zone", "grace_seconds", "keep_periods", "group", "top",
        "visibility", "min_score", "max_score", "allow_decrease", "metadata",
    ]

    /// More than a board may have, so that too many get their own reason.
    private static let windowsReadMax = 256

    private static func windows(_ reader: inout JSONReader) throws(JSONError) -> [WindowDraft] {
        var windows: [WindowDraft] = []
        try reader.readArray(maxCount: windowsReadMax) { reader throws(JSONError) in
            windows.append(try WindowDraft(from: &reader))
        }
        return windows
    }

    /// Returns a board with these members, and everything that is wrong with them. The board is usable only if there
    /// are no problems.
    ///
    /// - Parameter base: gives the members that the draft does not.
    public func board(from base: Board) -> (board: Board, problems: [FieldProblem]) {
        var board = base
        var problems = unknown
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { problems.append(FieldProblem(field: field, reason: reason)) }
        }
        func choose<T: RawRepresentable<String> & CaseIterable>(_ text: String?, _ field: String, _ value: inout T) {
            guard let text else { return }
            if let known = T(rawValue: text) {
                value = known
            } else {
                check(false, field, "must be one of \(T.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        if let id { check(id == base.id, "board", "must be the id of the path") }
        choose(self.operator, "operator", &board.rules.operator)
        choose(order, "order", &board.rules.order)
        choose(ties, "ties", &board.rules.ties)
        choose(visibility, "visibility", &board.visibility)
        if let windows {
            check(
                (1...Window.countMax).contains(windows.count), "windows", "must hold 1 to \(Window.countMax) windows")
            board.windows = []
            for draft in windows {
                do throws(FieldProblem) { board.windows.append(try draft.window()) } catch { problems.append(error) }
            }
            check(
                Set(board.windows.map(\.name)).count == board.windows.count, "windows",
                "must not have two windows of one name")
        }
        if let timeZone {
            check(ZoneName.isKnown(timeZone), "time_zone", ZoneName.form)
            board.timeZone = timeZone
        }
        if let group {
            check(Names.isID(group), "group", Names.idForm)
            board.group = group
        }
        func number(
            _ value: Int64?, _ field: String, _ range: ClosedRange<Int64>, _ target: WritableKeyPath<Board, Int>
        ) {
            guard let value else { return }
            check(range.contains(value), field, "must be \(range.lowerBound) to \(range.upperBound)")
            if range.contains(value) { board[keyPath: target] = Int(value) }
        }
        number(graceSeconds, "grace_seconds", 0...604_800, \.graceSeconds)
        number(keepPeriods, "keep_periods", 0...10_000, \.keepPeriods)
        number(top, "top", 1...100, \.top)
        if let minScore { board.rules.minScore = minScore }
        if let maxScore { board.rules.maxScore = maxScore }
        problems += Self.boundProblems(board.rules)
        if let allowDecrease { board.rules.allowDecrease = allowDecrease }
        if let metadata {
            check(
                metadata.utf8.count <= Self.metadataBytesMax, "metadata",
                "must have at most \(Self.metadataBytesMax) bytes")
            board.metadata = metadata
        }
        return (board, problems)
    }

    private static func boundProblems(_ rules: BoardRules) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        for (field, bound) in [("min_score", rules.minScore), ("max_score", rules.maxScore)] {
            guard let bound, !ScoreBounds.range.contains(bound) else { continue }
            problems.append(FieldProblem(field: field, reason: scoreReason))
        }
        if let least = rules.minScore, let greatest = rules.maxScore, least > greatest {
            problems.append(FieldProblem(field: "min_score", reason: "must not be greater than max_score"))
        }
        return problems
    }
}

extension Board {
    /// Writes the members of an object that ``BoardDraft`` reads.
    public func writeMembers(to json: inout JSONWriter<some ByteSink>) {
        json.member("board", id)
        json.member("operator", rules.operator.rawValue)
        json.member("order", rules.order.rawValue)
        json.member("ties", rules.ties.rawValue)
        json.key("windows")
        json.beginArray()
        for window in windows { window.write(to: &json) }
        json.endArray()
        json.member("time_zone", timeZone)
        json.member("grace_seconds", graceSeconds)
        json.member("keep_periods", keepPeriods)
        json.member("group", group)
        json.member("top", top)
        json.member("visibility", visibility.rawValue)
        json.member("min_score", orNull: rules.minScore)
        json.member("max_score", orNull: rules.maxScore)
        json.member("allow_decrease", rules.allowDecrease)
        json.key("metadata")
        metadata.utf8.withContiguousStorageIfAvailable { json.encoded(UnsafeRawBufferPointer($0)) }
            ?? Array(metadata.utf8).withUnsafeBytes { json.encoded($0) }
    }
}
