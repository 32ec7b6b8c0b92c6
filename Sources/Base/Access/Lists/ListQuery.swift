import Basics
import HTTPKit

/// The query of a list: `limit` and `cursor`, and what the list takes beside them.
package struct ListQuery: Sendable {
    /// The most elements of a page.
    package let limit: Int
    /// The values of the last element of the page before; nil for the first page.
    package let after: [String]?
    private let query: QueryString

    /// The sizes of a page that may be asked for.
    package static let limits = 1...100
    private static let limitDefault = 20

    /// Reads the query of a URI.
    ///
    /// - Parameters:
    ///   - list: the list's name. Cursors of other lists are refused.
    ///   - values: the number of values in its cursors.
    ///   - more: further parameters of the list; see the subscript. Unknown ones are ignored.
    /// - Throws: `invalid_input` with everything that is wrong.
    package init(uri: String, list: String, values: Int, more: Set<String> = []) throws(APIError) {
        do throws(FieldProblem) {
            query = try QueryString(uri: uri, known: more.union(["limit", "cursor"]))
        } catch {
            throw .invalidInput([error])
        }
        var problems: [FieldProblem] = []
        let limit = query["limit"].map(Self.number) ?? Self.limitDefault
        if limit.map(Self.limits.contains) != true {
            let reason = "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)"
            problems.append(FieldProblem(field: "limit", reason: reason))
        }
        after = query["cursor"].flatMap { ListCursor.values(of: $0, in: list, count: values) }
        if query["cursor"] != nil, after == nil { problems.append(Self.cursorProblem) }
        guard let limit, problems.isEmpty else { throw .invalidInput(problems) }
        self.limit = limit
    }

    /// The error for a cursor whose values the list cannot take.
    package static var cursorProblem: FieldProblem {
        FieldProblem(field: "cursor", reason: "must be a cursor of an earlier page of the same list")
    }

    /// The value of a further parameter; nil if it is not there.
    package subscript(name: String) -> String? { query[name] }

    /// A number in plain digits.
    private static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int(text) : nil
    }
}
