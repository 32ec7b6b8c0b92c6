extension String {
    /// Without the white space after a field's value, which is not a part of it (RFC 9110, 5.5); the parser leaves it
    /// there.
    @inlinable
    package var withoutTrailingSpace: Substring {
        guard let last = utf8.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") else { return self[...] }
        var end = utf8.endIndex
        while end > utf8.startIndex {
            let before = utf8.index(before: end)
            guard utf8[before] == UInt8(ascii: " ") || utf8[before] == UInt8(ascii: "\t") else { break }
            end = before
        }
        return self[..<end]
    }

    /// Whether this list of content codings holds nothing but `identity`, which changes nothing.
    @inlinable
    package var isIdentity: Bool {
        split(separator: ",").allSatisfy { element in
            let coding = element.withoutSpace
            return coding.isEmpty || coding.isField("identity")
        }
    }
}

extension Substring {
    /// Without the white space on both sides, as around the elements of a list (RFC 9110, 5.6.1).
    @inlinable
    package var withoutSpace: Substring {
        var rest = utf8
        while let first = rest.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { rest.removeFirst() }
        while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { rest.removeLast() }
        return Substring(rest)
    }

    /// Without spaces at the end. The parser passes over spaces there, but not over tabs.
    @inlinable
    package var trimmingSpaces: Substring {
        var rest = self
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}

extension StringProtocol {
    /// Whether this is `lowercase`, in any case. For field names and tokens, which are ASCII.
    @inlinable
    package func isField(_ lowercase: StaticString) -> Bool {
        utf8.count == lowercase.utf8CodeUnitCount
            && zip(utf8, UnsafeBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount))
                .allSatisfy { $0 == $1 || ($0 | 0x20 == $1 && $0 &- UInt8(ascii: "A") < 26) }
    }
}

extension UInt8 {
    /// `tchar` of RFC 9110, 5.6.2.
    @inlinable
    package var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
