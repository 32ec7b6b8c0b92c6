import Basics
import Crypto

/// Makes the signatures of action ids with one key.
///
/// The keyed state of the HMAC is computed once and copied for each signature: that halves the time of one, since
/// deriving the inner and outer key costs two blocks of SHA-256 and several allocations.
struct ActionAuthenticator: Sendable {
    private let prepared: HMAC<SHA256>

    init(key: SymmetricKey) { prepared = HMAC<SHA256>(key: key) }

    /// Gives the signature of an action id for a user to `body`, as 43 characters that live only inside it.
    func withSignature<Value>(
        of signed: UnsafeRawBufferPointer,
        userID: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) -> Value
    ) -> Value {
        let mac = authenticationCode(signed, userID)
        return withUnsafeTemporaryAllocation(byteCount: ActionID.signatureBytes, alignment: 1) { text in
            mac.withUnsafeBytes { Base64.encodeURL($0, into: text) }
            return body(UnsafeRawBufferPointer(text))
        }
    }

    /// The HMAC over the action id's text, a line feed and the user id. The three are joined on the stack first: one
    /// pass through the hash is cheaper than three.
    private func authenticationCode(
        _ signed: UnsafeRawBufferPointer,
        _ userID: UnsafeRawBufferPointer
    ) -> HMAC<SHA256>.MAC {
        var hmac = prepared
        let count = signed.count + 1 + userID.count
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { message in
            message.copyMemory(from: signed)
            message[signed.count] = UInt8(ascii: "\n")
            UnsafeMutableRawBufferPointer(rebasing: message[(signed.count + 1)...]).copyMemory(from: userID)
            hmac.update(data: UnsafeRawBufferPointer(message))
        }
        return hmac.finalize()
    }
}
