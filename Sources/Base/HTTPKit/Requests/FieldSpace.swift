extension UInt8 {
    /// Whether this is white space in the sense of a field: a space or a tab (RFC 9110, 5.6.3).
    @inlinable
    package var isFieldSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension BidirectionalCollection where Element == UInt8, SubSequence == Self {
    /// Without the white space after a field's value, which is not a part of it (RFC 9110, 5.5); the parser leaves it
    /// there.
    @inlinable
    package var withoutTrailingFieldSpace: Self {
        var rest = self
        while let last = rest.last, last.isFieldSpace { rest.removeLast() }
        return rest
    }

    /// Without the white space on both sides, as around the elements of a list (RFC 9110, 5.6.1).
    @inlinable
    package var withoutFieldSpace: Self {
        var rest = withoutTrailingFieldSpace
        while let first = rest.first, first.isFieldSpace { rest.removeFirst() }
        return rest
    }
}
