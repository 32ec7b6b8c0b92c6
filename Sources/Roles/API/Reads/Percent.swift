/// A percentage as clients write it.
package enum Percent {
    private static let decimalsMax = 4
    private static let charactersMax = 16

    /// The rule, as a clause that can follow the field's name.
    package static let reason = "must be greater than 0 and at most 100, with up to \(decimalsMax) decimals"

    /// A percentage in units of 0.0001, 1 to 1,000,000; nil for any other text.
    package static func millionths(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.utf8.count <= charactersMax,
            parts.allSatisfy({ part in
                !part.isEmpty && part.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
            })
        else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.utf8.count <= decimalsMax,
            let number = Int64(parts[0] + decimals + String(repeating: "0", count: decimalsMax - decimals.utf8.count)),
            (1...1_000_000).contains(number)
        else { return nil }
        return number
    }
}
