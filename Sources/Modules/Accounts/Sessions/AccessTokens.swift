import Basics
import HTTPKit
import Signing

/// Signs the access tokens of sessions.
package struct AccessTokens: Sendable {
    private let issuer: @Sendable () -> TokenIssuer?
    private let name: String
    private let audience: String?
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - issuer: signs with the key of the moment; nil while there is none.
    ///   - name: the claim `iss`.
    ///   - audience: the claim `aud`; nil to leave it out.
    ///   - now: ms since 1970.
    package init(
        issuer: @escaping @Sendable () -> TokenIssuer?, name: String, audience: String?,
        now: @escaping @Sendable () -> Int64
    ) {
        self.issuer = issuer
        self.name = name
        self.audience = audience
        self.now = now
    }

    /// A token of a session.
    ///
    /// - Throws: `unavailable` if there is no key that signs.
    func token(for account: Account, session: SessionID) throws(APIError) -> String {
        let start = now()
        guard
            let token = try? issuer()?.sign(
                sub: account.id, role: account.role, issuedAt: start,
                expiresAt: start + SessionLife.access.wholeMilliseconds, issuer: name, audience: audience,
                session: session)
        else { throw .unavailable }
        return token
    }
}
