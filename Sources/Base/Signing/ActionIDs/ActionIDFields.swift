/// The fields of a text of the right form; its signature is not checked.
struct ActionIDFields {
    let keyID: String
    let action: String
    let nonce: String
    let issuedAt: Int64
    let score: Int64?

    init?(_ id: String) {
        let fields: ActionIDFields? = id.withBytes { bytes in
            ActionIDText(bytes).map { text in
                ActionIDFields(
                    keyID: String(decoding: text.keyID, as: UTF8.self),
                    action: String(decoding: text.action, as: UTF8.self),
                    nonce: String(decoding: text.nonce, as: UTF8.self), issuedAt: text.issuedAt, score: text.score)
            }
        }
        guard let fields else { return nil }
        self = fields
    }

    private init(keyID: String, action: String, nonce: String, issuedAt: Int64, score: Int64?) {
        self.keyID = keyID
        self.action = action
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.score = score
    }

    /// Says what is wrong with a text that is not an action id.
    static func fault(of id: String) -> String {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 7 else {
            return "it has \(parts.count) parts between dots and must have 7: "
                + "v1.<key id>.<action>.<nonce>.<issued at>.<score or ->.<signature>"
        }
        let isName = { (part: Substring, lengths: ClosedRange<Int>) in
            part.withBytes { ActionID.isName($0, lengths: lengths) }
        }
        let isNumber = { (part: Substring, range: ClosedRange<Int64>) in
            part.withBytes { CanonicalInteger.parse($0, in: range) } != nil
        }
        let checks: [(Bool, String)] = [
            (parts[0] == "v1", "it does not begin with v1"),
            (isName(parts[1], ActionID.keyIDLengths), "its key id is not 1 to 32 letters, digits, - or _"),
            (isName(parts[2], ActionID.actionLengths), "its action is not 1 to 64 letters, digits, - or _"),
            (isName(parts[3], ActionID.nonceLengths), "its nonce is not 8 to 64 letters, digits, - or _"),
            (
                isNumber(parts[4], ActionID.issueTimes),
                "its issue time is not a whole number of milliseconds since 1970"
            ),
            (
                parts[5] == "-" || isNumber(parts[5], ActionID.scores),
                "its score is neither - nor a whole number without leading zeros"
            ),
            (
                parts[6].utf8.count == ActionID.signatureBytes,
                "its signature has \(parts[6].utf8.count) characters and must have \(ActionID.signatureBytes): "
                    + "unpadded base64url of 32 bytes"
            ),
        ]
        return checks.first { !$0.0 }?.1 ?? "it is too long"
    }
}
