import HTTPKit
import NIOCore
import StrictJSON

/// A page of a list, as `{"<things>":[…],"next":…}`.
package struct ListPage<Element: Sendable>: Sendable {
    /// The elements.
    package let elements: [Element]
    /// The cursor of the next page; nil on the last one.
    package let next: String?

    /// Cuts a page out of the elements that were read.
    ///
    /// - Parameters:
    ///   - found: up to one element more than the page takes. If there is one more, there is a next page.
    ///   - query: the request's.
    ///   - list: the list's name.
    ///   - values: the values of an element by which the list is sorted.
    package init(_ found: [Element], for query: ListQuery, of list: String, values: (Element) -> [String]) {
        elements = Array(found.prefix(query.limit))
        next = found.count > query.limit ? elements.last.map { ListCursor.text(of: list, values($0)) } : nil
    }

    /// The answer.
    ///
    /// - Parameters:
    ///   - things: the member that holds the elements.
    ///   - write: writes one element.
    package func reply(_ things: StaticString, _ write: (Element, inout JSONWriter<ByteBuffer>) -> Void) -> Reply {
        .json { json in
            json.beginObject()
            json.key(things)
            json.beginArray()
            for element in elements { write(element, &json) }
            json.endArray()
            json.key("next")
            if let next { json.string(next) } else { json.null() }
            json.endObject()
        }
    }
}
