/// A problem with one field of a request.
public struct FieldProblem: Error, Hashable, Sendable {
    /// The field's name, as in the request.
    public var field: String
    /// The rule for the field; a clause that can follow its name.
    public var reason: String

    /// Names a field and what it must be.
    public init(field: String, reason: String) {
        self.field = field
        self.reason = reason
    }

    /// Names a member that a body must not have, cut to what fits into an answer.
    public static func unknownMember(_ name: String) -> FieldProblem {
        var shown = String(String.UnicodeScalarView(name.unicodeScalars.prefix(nameScalarsMax)))
        if shown.unicodeScalars.count < name.unicodeScalars.count { shown += "…" }
        return FieldProblem(field: shown, reason: "is not a known member")
    }

    private static let nameScalarsMax = 64
}
