import Basics

/// The place where a page of a list ends, as clients carry it: base64url of the list's name and the values by which it
/// is sorted. Opaque to clients; nothing in it is secret, and nothing in it is believed.
package enum ListCursor {
    /// The longest text, in bytes: a name of 1024 bytes and an id fit.
    package static let bytesMax = 1536
    /// Between the values. They are ids, times and numbers, which hold no control characters.
    private static let separator = UInt8(0x1f)

    /// The text of a cursor.
    ///
    /// - Parameters:
    ///   - list: the list's name.
    ///   - values: of the last element, those by which the list is sorted.
    package static func text(of list: String, _ values: [String]) -> String {
        let bytes = Array(([list] + values).map { Array($0.utf8) }.joined(separator: [separator]))
        return bytes.withUnsafeBytes { Base64.encodeURL($0) }
    }

    /// The values of a cursor; nil unless it is one of this list, with this many values.
    package static func values(of text: String, in list: String, count: Int) -> [String]? {
        guard text.utf8.count <= bytesMax else { return nil }
        var text = text
        guard let bytes = text.withUTF8({ Base64.decodeURL(UnsafeRawBufferPointer($0)) }) else { return nil }
        var parts: [String] = []
        for part in bytes.split(separator: separator, omittingEmptySubsequences: false) {
            guard let part = String(validating: part, as: UTF8.self), !part.utf8.contains(0) else { return nil }
            parts.append(part)
        }
        guard parts.count == count + 1, parts[0].utf8.elementsEqual(list.utf8) else { return nil }
        return Array(parts.dropFirst())
    }
}
