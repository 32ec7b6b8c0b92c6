extension JSONReader {
    /// Reads an integer. A fraction or an exponent is refused, even if it would not change the value. `-0` reads as 0.
    ///
    /// - Throws: ``JSONError`` of the kind `notAnInteger` for `1.0` and `1e3`, `numberOutOfRange` past `range`, and
    ///   `typeMismatch` for other types.
    public mutating func readInteger(
        in range: ClosedRange<Int64> = JSONReader.exactIntegers
    ) throws(JSONError) -> Int64 {
        let number = try scanNumber()
        guard number.isInteger else { throw JSONError(.notAnInteger, at: number.offset) }
        guard let value = number.integer, range.contains(value) else {
            throw JSONError(.numberOutOfRange, at: number.offset)
        }
        return value
    }

    /// Reads an integer like ``readInteger(in:)``, or `null` as nil, for optional members that clients send as `null`.
    public mutating func readIntegerOrNull(
        in range: ClosedRange<Int64> = JSONReader.exactIntegers
    ) throws(JSONError) -> Int64? {
        try readNullIfPresent() ? nil : try readInteger(in: range)
    }

    /// Reads any number as the nearest `Double`. A number that no finite `Double` can hold is refused.
    public mutating func readDouble() throws(JSONError) -> Double {
        try double(of: scanNumber())
    }

    /// The nearest `Double` to a scanned number.
    func double(of number: ScannedNumber) throws(JSONError) -> Double {
        let digits = String(decoding: bytes[number.offset..<number.end], as: UTF8.self)
        guard let value = Double(digits), value.isFinite else { throw JSONError(.numberOutOfRange, at: number.offset) }
        return value
    }

    /// A number that follows the grammar.
    struct ScannedNumber {
        let offset: Int
        let end: Int
        /// Whether the number has neither a fraction nor an exponent.
        let isInteger: Bool
        /// The integer part, or `nil` if it does not fit into 64 bits.
        let integer: Int64?
    }

    /// Checks for `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?` and moves `position` past the number.
    mutating func scanNumber() throws(JSONError) -> ScannedNumber {
        try begin(.number)
        let offset = position
        let isNegative = bytes[position] == Byte.minus
        if isNegative { position += 1 }
        let integer = try scanIntegerPart(isNegative: isNegative)
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try scanDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == Byte.minus || bytes[position] == UInt8(ascii: "+") {
                position += 1
            }
            try scanDigits()
        }
        return ScannedNumber(offset: offset, end: position, isInteger: isInteger, integer: integer)
    }

    /// Reads the digits before a fraction. Returns `nil` if their value does not fit into 64 bits.
    private mutating func scanIntegerPart(isNegative: Bool) throws(JSONError) -> Int64? {
        let start = position
        var value: Int64? = 0
        while position < bytes.count, Byte.zero...Byte.nine ~= bytes[position] {
            if let known = value {
                let digit = Int64(bytes[position] - Byte.zero)
                let (shifted, tooLarge) = known.multipliedReportingOverflow(by: 10)
                let (sum, overflow) =
                    isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
                value = tooLarge || overflow ? nil : sum
            }
            position += 1
        }
        guard position > start else { throw fail(position < bytes.count ? .invalidNumber : .unexpectedEnd) }
        if position - start > 1, bytes[start] == Byte.zero { throw JSONError(.invalidNumber, at: start) }
        return value
    }

    /// Moves `position` past one or more digits.
    private mutating func scanDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, Byte.zero...Byte.nine ~= bytes[position] { position += 1 }
        guard position > start else { throw fail(position < bytes.count ? .invalidNumber : .unexpectedEnd) }
    }
}
