/// An action id taken apart in place: of the right form, its signature not yet checked.
struct ActionIDText {
    let keyID: UnsafeRawBufferPointer
    let action: UnsafeRawBufferPointer
    let nonce: UnsafeRawBufferPointer
    let issuedAt: Int64
    let score: Int64?
    let signature: UnsafeRawBufferPointer

    /// Everything before the last dot: what the signature covers, besides the user.
    let signed: UnsafeRawBufferPointer

    /// Takes `bytes` apart; `nil` where they are not exactly of the form.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= ActionID.maxBytes else { return nil }
        var fields = DotSeparated(bytes)
        guard let version = fields.next(), version.count == ActionID.version.utf8CodeUnitCount,
            ActionID.version.withUTF8Buffer({ version.elementsEqual($0) }),
            let keyID = fields.next(), ActionID.isName(keyID, lengths: ActionID.keyIDLengths),
            let action = fields.next(), ActionID.isName(action, lengths: ActionID.actionLengths),
            let nonce = fields.next(), ActionID.isName(nonce, lengths: ActionID.nonceLengths),
            let issued = fields.next(), let issuedAt = CanonicalInteger.parse(issued, in: ActionID.issueTimes),
            let scoreText = fields.next(), let signature = fields.next(), fields.next() == nil,
            signature.count == ActionID.signatureBytes
        else { return nil }
        if scoreText.count == 1, scoreText[0] == UInt8(ascii: "-") {
            self.score = nil
        } else {
            guard let score = CanonicalInteger.parse(scoreText, in: ActionID.scores) else { return nil }
            self.score = score
        }
        self.keyID = keyID
        self.action = action
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.signature = signature
        self.signed = bytes.slice(0..<(bytes.count - signature.count - 1))
    }
}

/// The parts of a text between its dots, one by one; empty parts count.
struct DotSeparated {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int? = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next part; `nil` behind the last one.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard let start = position else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: ".") { end += 1 }
        position = end < bytes.count ? end + 1 : nil
        return bytes.slice(start..<end)
    }
}

/// Decimal integers with one spelling each: no plus sign, no leading zero, no `-0`.
enum CanonicalInteger {
    /// The value, where `bytes` are the one spelling of an integer in `range`.
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
