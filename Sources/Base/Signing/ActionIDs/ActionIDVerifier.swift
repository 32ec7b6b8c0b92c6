import Basics

/// Checks action ids. Pure: the time is a parameter. A class, since every request passes it on, and copies of all its
/// keys would cost more than finding one.
public final class ActionIDVerifier: Sendable {
    let keys: ActionKeys

    /// The names of the keys, in their order.
    var keyIDs: [String] { keys.ids }

    /// For how long after its issue an action id is accepted, in milliseconds.
    public let maxAge: Int64

    /// For how long before its issue an action id is accepted, in milliseconds: the difference between two clocks.
    public let skew: Int64

    /// Signs with the first of the same keys.
    public var signer: ActionIDSigner { ActionIDSigner(keys: keys) }

    /// A verifier for these keys.
    ///
    /// - Parameters:
    ///   - maxAge: for how long an action id is good; parts of a millisecond and negative values are dropped.
    ///   - skew: by how much the issuer's clock may be ahead; likewise.
    public init(keys: ActionKeys, maxAge: Duration = .seconds(600), skew: Duration = .seconds(30)) {
        self.keys = keys
        self.maxAge = max(0, maxAge.wholeMilliseconds)
        self.skew = max(0, skew.wholeMilliseconds)
    }

    /// Checks the form, then the signature, then the time; both edges of the time are good.
    ///
    /// - Parameters:
    ///   - bytes: the action id. Any length is safe: more than ``ActionID/maxBytes`` is refused at once.
    ///   - userID: the user who sends it, as UTF-8. The caller bounds its length.
    ///   - now: milliseconds since 1970.
    /// - Throws: ``ActionIDError``, whose reason is not for the client.
    public func verify(
        _ bytes: UnsafeRawBufferPointer,
        userID: UnsafeRawBufferPointer,
        now: Int64
    ) throws(ActionIDError) -> VerifiedActionID {
        guard let text = ActionIDText(bytes) else { throw .malformed }
        let key = keys.find(text.keyID)
        let authenticator = key?.authenticator ?? keys.decoy
        let isGenuine = authenticator.withSignature(of: text.signed, userID: userID) { expected in
            expected.isSameInConstantTime(as: text.signature)
        }
        guard let key else { throw .unknownKey }
        guard isGenuine else { throw .badSignature }
        guard text.issuedAt <= now.adding(skew) else { throw .notYetValid }
        guard now <= text.issuedAt.adding(maxAge) else { throw .expired }
        return VerifiedActionID(
            keyID: key.id,
            action: String(decoding: text.action, as: UTF8.self),
            nonce: String(decoding: text.nonce, as: UTF8.self),
            issuedAt: text.issuedAt,
            score: text.score,
            signature: String(decoding: text.signature, as: UTF8.self)
        )
    }

    /// The same, for strings.
    public func verify(_ id: String, userID: String, now: Int64) throws(ActionIDError) -> VerifiedActionID {
        try id.withBytes { id throws(ActionIDError) in
            try userID.withBytes { user throws(ActionIDError) in try verify(id, userID: user, now: now) }
        }
    }
}
