import Basics
import HTTPKit
import NIOCore
import StrictJSON

/// The query of a list: `limit` and `cursor`, and what else the list knows.
package struct PageQuery {
    /// The most elements of a page.
    package let limit: Int
    /// The last element of the previous page; nil for the first page.
    package let cursor: String?
    private let query: QueryString

    private static let limits = 1...100
    private static let limitDefault = 20

    /// - Parameters:
    ///   - others: the further parameters.
    ///   - isCursor: whether a text can be the cursor of this list.
    package init(
        uri: String, also others: Set<String> = [], isCursor: (String) -> Bool
    ) throws(APIError) {
        do throws(FieldProblem) {
            query = try QueryString(uri: uri, known: others.union(["limit", "cursor"]))
        } catch {
            throw .invalidInput([error])
        }
        var problems: [FieldProblem] = []
        // Digits alone: no sign, no other script's digits.
        let given = query["limit"].map { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) ?? 0 : 0 }
        limit = given ?? Self.limitDefault
        if !Self.limits.contains(limit) {
            problems.append(
                FieldProblem(
                    field: "limit", reason: "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)"))
        }
        cursor = query["cursor"]
        if let cursor, !isCursor(cursor) {
            problems.append(FieldProblem(field: "cursor", reason: "must be a cursor of an earlier page"))
        }
        guard problems.isEmpty else { throw .invalidInput(problems) }
    }

    /// The value of a further parameter; nil if it is not there.
    package subscript(name: String) -> String? { query[name] }

    /// A page as an answer.
    ///
    /// - Parameters:
    ///   - elements: up to one more than `limit`.
    ///   - cursor: the cursor of an element.
    package static func page<Element>(
        _ name: StaticString, _ elements: [Element], limit: Int, cursor: (Element) -> String,
        _ write: (Element, inout JSONWriter<ByteBuffer>) -> Void
    ) -> Reply {
        .json { json in
            json.beginObject()
            json.key(name)
            json.beginArray()
            for element in elements.prefix(limit) { write(element, &json) }
            json.endArray()
            json.key("next")
            if elements.count > limit, let last = elements.prefix(limit).last {
                json.string(cursor(last))
            } else {
                json.null()
            }
            json.endObject()
        }
    }
}
