import Access
import Basics
import Foundation
import HTTPKit

/// Which accounts a list has.
package struct PeopleSearch: Sendable, Equatable {
    /// The beginning of a username or a name, without case, or a whole e-mail address; nil for all accounts.
    package let text: String?
    /// Those after this username, without case; nil for the first.
    package let after: String?
    /// The most accounts.
    package let limit: Int

    /// Which accounts to list.
    package init(text: String? = nil, after: String? = nil, limit: Int) {
        self.text = text
        self.after = after
        self.limit = limit
    }

    /// The most users that are found by the names of their profiles.
    package static let namesMax = 1000
    /// The longest text, in bytes: an e-mail address is not longer.
    private static let textBytesMax = 254

    /// The list's name in its cursors.
    package static let list = "users"

    /// The search of a query: `query`, `limit`, `cursor`. It asks for one account more than the page takes, to see
    /// whether there are more.
    package static func reading(uri: String) throws(APIError) -> (search: PeopleSearch, query: ListQuery) {
        let query = try ListQuery(uri: uri, list: list, values: 1, more: ["query"])
        let text = query["query"]?.trimmed().precomposedStringWithCanonicalMapping ?? ""
        guard text.utf8.count <= textBytesMax, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
            throw .invalidInput([
                FieldProblem(
                    field: "query", reason: "must be at most \(textBytesMax) bytes without control characters")
            ])
        }
        let search = PeopleSearch(
            text: text.isEmpty ? nil : text, after: query.after?.first, limit: query.limit + 1)
        return (search, query)
    }
}
