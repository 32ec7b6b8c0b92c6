/// An action id parsed in place: well-formed, its signature not yet checked.
struct ActionIDText {
    let keyID: UnsafeRawBufferPointer
    let action: UnsafeRawBufferPointer
    let nonce: UnsafeRawBufferPointer
    let issuedAt: Int64
    let score: Int64?
    let signature: UnsafeRawBufferPointer

    /// Everything before the last dot: what the signature covers, besides the user.
    let signed: UnsafeRawBufferPointer

    /// Parses `bytes`; `nil` if they are malformed.
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
