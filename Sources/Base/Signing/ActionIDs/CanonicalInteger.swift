/// Decimal integers with one spelling each: no plus sign, no leading zero, no `-0`.
enum CanonicalInteger {
    /// The value, if `bytes` are the one spelling of an integer in `range`; else `nil`.
    static func parse(_ bytes: UnsafeRawBufferPointer, in range: ClosedRange<Int64>) -> Int64? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = bytes.slice((isNegative ? 1 : 0)..<bytes.count)
        // Eighteen digits always fit into 64 bits.
        guard (1...18).contains(digits.count) else { return nil }
        guard digits[0] != UInt8(ascii: "0") || (digits.count == 1 && !isNegative) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        if isNegative { value = -value }
        return range.contains(value) ? value : nil
    }
}
