extension String {
    /// Without the white space after a field's value, which is not a part of it (RFC 9110, 5.5); the parser leaves it
    /// there.
    @inlinable
    package var withoutTrailingSpace: Substring {
        Substring(utf8[...].withoutTrailingFieldSpace)
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
        Substring(utf8.withoutFieldSpace)
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
