/// The value of `Host`, and the authority of a request's target (RFC 9110, 7.2): a host, and perhaps a port.
enum HostField {
    /// Whether the value has the form `uri-host [ ":" port ]` (RFC 3986, 3.2.2 and 3.2.3). It may be empty: a client
    /// sends that if it asks for a URI without an authority.
    static func isValid(_ value: some StringProtocol) -> Bool {
        var rest = value.utf8[...]
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let literal = rest[rest.index(after: rest.startIndex)..<end]
            guard !literal.isEmpty, literal.allSatisfy({ isUnreservedOrDelimiter($0) || $0 == colon }) else {
                return false
            }
            rest = rest[rest.index(after: end)...]
            guard !rest.isEmpty else { return true }
            guard rest.removeFirst() == colon else { return false }
            return rest.allSatisfy(isDigit)
        }
        while let byte = rest.first, byte != colon {
            guard isUnreservedOrDelimiter(byte) || byte == UInt8(ascii: "%") else { return false }
            rest.removeFirst()
        }
        return rest.dropFirst().allSatisfy(isDigit)
    }

    private static let colon = UInt8(ascii: ":")

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// `unreserved / sub-delims` of RFC 3986.
    private static func isUnreservedOrDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
