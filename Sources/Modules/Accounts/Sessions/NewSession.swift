import Signing

/// A session that is to begin.
package struct NewSession: Sendable {
    package let id: SessionID
    /// The hash of its first refresh token.
    package let token: [UInt8]

    /// A session.
    package init(id: SessionID, token: [UInt8]) {
        self.id = id
        self.token = token
    }
}
