import Basics
import HTTPKit
import Signing

/// Signs the access tokens of sessions.
package struct AccessTokens: Sendable {
    private let issuer: @Sendable () -> TokenIssuer?
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - issuer: signs as the deployment's own issuer, with the key of the moment; nil while there is none.
    ///   - now: ms since 1970.
    package init(issuer: @escaping @Sendable () -> TokenIssuer?, now: @escaping @Sendable () -> Int64) {
        self.issuer = issuer
        self.now = now
    }

    /// A token of a session.
    ///
    /// - Throws: `unavailable` if there is no key that signs.
    func token(for account: Account, session: SessionID) throws(APIError) -> String {
        let start = now()
        // Two tokens of one session and one second are two tokens: clients tell by it that theirs was refreshed.
        let id = String(UInt64.random(in: 0 ... .max), radix: 36)
        guard
            let token = try? issuer()?.sign(
                sub: account.id, role: account.role, issuedAt: start,
                expiresAt: start + SessionLife.access.wholeMilliseconds, session: session, id: id)
        else { throw .unavailable }
        return token
    }
}
