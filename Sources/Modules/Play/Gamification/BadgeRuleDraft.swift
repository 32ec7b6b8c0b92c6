import Basics
import Leaderboard
import StrictJSON

/// The members of a badge's rule, as they were sent.
package struct BadgeRuleDraft: Sendable {
    private var kind: String?
    private var atLeast: Int64?
    private var atMost: Int64?
    private var action: String?
    private var board: String?
    private var badges: [String]?
    private var unknown: [FieldProblem] = []

    /// Longer texts are refused while they are read.
    private static let textBytesMax = 256

    /// No members.
    package init() {}

    /// Reads the object of a rule.
    package init(from reader: inout JSONReader) throws(JSONError) {
        var draft = BadgeRuleDraft()
        try reader.readObject { key, reader throws(JSONError) in try draft.read(key.string, from: &reader) }
        self = draft
    }

    /// Null counts as absent.
    private mutating func read(_ member: String, from reader: inout JSONReader) throws(JSONError) {
        guard ["kind", "at_least", "at_most", "action", "board", "badges"].contains(member) else {
            unknown.append(FieldProblem(field: "rule.\(member)", reason: "is not a member of a rule"))
            return try reader.skipValue()
        }
        if try reader.readNullIfPresent() { return }
        switch member {
        case "kind": kind = try reader.readString(maxBytes: Self.textBytesMax)
        case "at_least": atLeast = try reader.readInteger()
        case "at_most": atMost = try reader.readInteger()
        case "action": action = try reader.readString(maxBytes: Self.textBytesMax)
        case "board": board = try reader.readString(maxBytes: Self.textBytesMax)
        default:
            var ids: [String] = []
            try reader.readArray(maxCount: 2 * BadgeRule.badgesMax) { reader throws(JSONError) in
                ids.append(try reader.readString(maxBytes: Self.textBytesMax))
            }
            badges = ids
        }
    }

    /// Returns the rule, and everything that is wrong with it. There is no rule if something is wrong.
    package func rule() -> (rule: BadgeRule?, problems: [FieldProblem]) {
        var problems = unknown
        func refuse(_ field: String, _ reason: String) {
            problems.append(FieldProblem(field: "rule.\(field)", reason: reason))
        }
        guard let kind = kind.flatMap({ BadgeRule.Kind(rawValue: $0) }) else {
            refuse("kind", "must be one of \(BadgeRule.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            return (nil, problems)
        }
        let bounded = kind == .rank ? "at_most" : "at_least"
        for (field, value) in [("at_least", atLeast), ("at_most", atMost)] where value != nil && field != bounded {
            refuse(field, "is not for rules of the kind \(kind.rawValue)")
        }
        // A set without a bound wants all of its badges.
        let bound = (kind == .rank ? atMost : atLeast) ?? (kind == .badgeSet ? badges.map { Int64($0.count) } : nil)
        let most = kind == .badgeSet ? Int64(badges?.count ?? BadgeRule.badgesMax) : BadgeRule.boundMax
        if kind != .badgeSet || badges?.isEmpty == false, !(bound.map { (1...most).contains($0) } ?? false) {
            refuse(bounded, "must be 1 to \(most)")
        }
        for (field, value) in [("action", action), ("board", board)] {
            guard let value else { continue }
            if !kind.takes(field) {
                refuse(field, "is not for rules of the kind \(kind.rawValue)")
            } else if !Names.isID(value) {
                refuse(field, Names.idForm)
            }
        }
        if kind == .badgeSet {
            let ids = badges ?? []
            if ids.isEmpty || ids.count > BadgeRule.badgesMax || Set(ids).count < ids.count
                || !ids.allSatisfy(Names.isID)
            {
                refuse("badges", "must hold 1 to \(BadgeRule.badgesMax) ids of badges, each once")
            }
        } else if badges != nil {
            refuse("badges", "is not for rules of the kind \(kind.rawValue)")
        }
        guard problems.isEmpty, let bound else { return (nil, problems) }
        return (rule(kind, bound), [])
    }

    private func rule(_ kind: BadgeRule.Kind, _ bound: Int64) -> BadgeRule {
        switch kind {
        case .count: .count(atLeast: bound, action: action, board: board)
        case .points: .points(atLeast: bound, action: action, board: board)
        case .streak: .streak(atLeast: bound)
        case .rank: .rank(atMost: bound, board: board)
        case .challenge: .challenge(atLeast: bound)
        case .badgeSet: .badgeSet(atLeast: bound, badges: badges ?? [])
        }
    }
}

extension BadgeRule.Kind {
    /// Whether rules of the kind can name an action or a board.
    fileprivate func takes(_ member: String) -> Bool {
        switch self {
        case .count, .points: true
        case .rank: member == "board"
        case .streak, .challenge, .badgeSet: false
        }
    }
}

extension BadgeRule {
    /// Reads a stored rule; nil if this version does not know it.
    package init?(json: String) {
        let draft = Array(json.utf8).withUnsafeBytes { bytes in
            try? JSONReader.document(bytes) { reader throws(JSONError) in try BadgeRuleDraft(from: &reader) }
        }
        guard let rule = draft?.rule().rule else { return nil }
        self = rule
    }
}
