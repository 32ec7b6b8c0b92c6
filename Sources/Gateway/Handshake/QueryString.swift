import Leaderboard

/// The parameters of a URL's query, decoded.
package struct QueryString {
    /// The longest query that is read, in bytes.
    package static let bytesMax = 2048
    private var values: [String: String] = [:]

    /// Reads the query of `uri`.
    ///
    /// - Throws: what is wrong with it: too long, badly encoded, or a parameter of `known` given twice. Others are
    ///   ignored.
    package init(uri: String, known: Set<String>) throws(RoomProblem) {
        guard let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        let query = uri.utf8[uri.utf8.index(after: mark)...]
        guard query.count <= Self.bytesMax else {
            throw .invalid([FieldProblem(field: "query", reason: "must not be longer than \(Self.bytesMax) bytes")])
        }
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]),
                let value = Self.decode(parts.count == 2 ? parts[1] : pair[pair.endIndex...])
            else { throw .invalid([FieldProblem(field: "query", reason: "must be percent-encoded UTF-8")]) }
            guard known.contains(name) else { continue }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .invalid([FieldProblem(field: name, reason: "must be given once")])
            }
        }
    }

    /// The value of a parameter.
    package subscript(name: String) -> String? { values[name] }

    /// Decodes percent signs and plus signs (application/x-www-form-urlencoded); nil where that fails.
    private static func decode(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
