import Basics
import HTTPKit
import Leaderboard
import NIOCore
import Players
import StrictJSON

/// The body of `PUT /badges/{id}`.
package enum BadgeDraft {
    /// The most characters of a name.
    private static let nameGraphemesMax = 64
    /// The most characters of a description, and of an icon.
    private static let textGraphemesMax = 256
    /// Longer texts are refused while they are read.
    private static let textBytesMax = 4096

    /// Reads a badge.
    ///
    /// - Throws: `invalid_input` with everything that is wrong.
    package static func badge(id: String, _ body: ByteBuffer) throws(APIError) -> Badge {
        var texts: [String: String] = [:]
        var rule: BadgeRuleDraft?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            let member = key.string
            guard ["name", "description", "icon", "rule"].contains(member) else {
                return problems.append(.unknownMember(member))
            }
            if try reader.readNullIfPresent() { return }
            if member == "rule" {
                rule = try BadgeRuleDraft(from: &reader)
            } else {
                texts[member] = try reader.readString(maxBytes: textBytesMax)
            }
        }
        if !Names.isID(id) { problems.append(FieldProblem(field: "id", reason: Names.idForm)) }
        func shown(_ field: String, graphemes: Int, isRequired: Bool) -> String? {
            let text = texts[field] ?? ""
            if !isRequired, text.isEmpty { return "" }
            if let text = ShownText.normalized(text, graphemes: graphemes) { return text }
            problems.append(FieldProblem(field: field, reason: ShownText.form(graphemes: graphemes)))
            return nil
        }
        let name = shown("name", graphemes: nameGraphemesMax, isRequired: true)
        let description = shown("description", graphemes: textGraphemesMax, isRequired: false)
        let icon = shown("icon", graphemes: textGraphemesMax, isRequired: false)
        let checked = rule?.rule()
        problems += checked?.problems ?? [FieldProblem(field: "rule", reason: "is required")]
        if case .badgeSet(_, let badges)? = checked?.rule, badges.contains(id) {
            problems.append(FieldProblem(field: "rule.badges", reason: "must not hold the badge itself"))
        }
        guard problems.isEmpty, let name, let description, let icon, let rule = checked?.rule else {
            throw .invalidInput(problems)
        }
        return Badge(id: id, name: name, description: description, icon: icon, rule: rule)
    }
}
