import Basics

/// The members that a client asks for in addition to rank, user and score: `fields=name,metadata,updated_at`. Entries
/// have them only if they are set; names and metadata never are yet.
package struct EntryFields: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// When the score last changed.
    package static let updatedAt = EntryFields(rawValue: 1)

    private static let known = ["name", "metadata", "updated_at"]
    private static let reason = "must be a list of \(known.joined(separator: ", "))"

    /// Reads the parameter; no text is an empty list.
    package init(_ text: String?) throws(FieldProblem) {
        self = []
        for name in text?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
            guard Self.known.contains(String(name)) else { throw FieldProblem(field: "fields", reason: Self.reason) }
            if name == "updated_at" { insert(.updatedAt) }
        }
    }
}
