import Basics
import Crypto
import HTTPKit

/// Entity tags (RFC 9110, 8.8.3).
package enum EntityTag {
    /// The strong tag of a representation: a hash of its bytes, so that all nodes give the same one.
    package static func strong(_ bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        let isHashed: Void? = bytes.withContiguousStorageIfAvailable {
            hash.update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil { hash.update(data: Array(bytes)) }
        return "\"\(Hexadecimal.text(Array(hash.finalize().prefix(16))))\""
    }

    /// Whether `If-None-Match` names a tag, by the weak comparison (RFC 9110, 13.1.2).
    ///
    /// - Parameters:
    ///   - tag: with its quotes.
    ///   - fields: the values of the field.
    package static func matches(_ tag: String, _ fields: [String]) -> Bool {
        fields.contains { field in
            var rest = field.utf8.withoutFieldSpaceBefore
            if rest.withoutTrailingFieldSpace.elementsEqual("*".utf8) { return true }
            while let next = takeTag(from: &rest) {
                if next.elementsEqual(tag.utf8) { return true }
            }
            return false
        }
    }

    /// Takes the next tag of a list, without the mark of a weak one; nil at the end, and after something else.
    private static func takeTag(from list: inout Substring.UTF8View) -> Substring.UTF8View? {
        while let byte = list.first, byte.isFieldSpace || byte == UInt8(ascii: ",") { list.removeFirst() }
        if list.starts(with: "W/".utf8) { list = list.dropFirst(2) }
        guard list.first == UInt8(ascii: "\""), let end = list.dropFirst().firstIndex(of: UInt8(ascii: "\"")) else {
            return nil
        }
        let next = list.index(after: end)
        defer { list = list[next...] }
        return list[..<next]
    }
}

extension String.UTF8View {
    fileprivate var withoutFieldSpaceBefore: Substring.UTF8View { self[...].drop(while: \.isFieldSpace) }
}
