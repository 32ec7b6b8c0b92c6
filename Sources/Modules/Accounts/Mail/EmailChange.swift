import Access
import Basics
import HTTPKit
import Leaderboard
import Signing

/// Changes the address of an account. It needs the password: who has the mailbox can set a new one.
package struct EmailChange: Sendable {
    /// Checks a password of a user, within the limits of attempts. Throws `invalidCredentials` if it is wrong.
    package typealias PasswordCheck =
        @Sendable (
            _ password: String, _ userID: String, _ client: LimitKey?
        ) async throws -> Void

    private let tokens: any OneTimeTokenStore
    private let requests: MailRequests?
    private let spread: any CredentialSpread
    private let checkPassword: PasswordCheck

    /// - Parameters:
    ///   - tokens: stores the address.
    ///   - requests: sends mail; nil if this server sends none. Then addresses remain claims.
    ///   - spread: told of each session that ends, after Postgres has it.
    ///   - checkPassword: see ``PasswordCheck``.
    package init(
        tokens: any OneTimeTokenStore, requests: MailRequests?, spread: any CredentialSpread,
        checkPassword: @escaping PasswordCheck
    ) {
        self.tokens = tokens
        self.requests = requests
        self.spread = spread
        self.checkPassword = checkPassword
    }

    /// Lets the bearer of a request claim an address, and sends the mail that verifies it. Whether another account has
    /// it is not told.
    ///
    /// A verified address stays in force until the new one is verified, and gets a notice. All other sessions end.
    ///
    /// - Throws: `invalidInput`; what ``PasswordCheck`` throws; `StoreError`.
    package func change(
        _ request: RouteRequest, of userID: String, to text: String, password: String
    ) async throws {
        guard let email = EmailAddress(text) else {
            throw APIError.invalidInput([FieldProblem(field: "email", reason: EmailAddress.form)])
        }
        try await change(
            to: email, of: userID, password: password, keeping: try request.bearer().session,
            from: request.clientAddress.map { LimitKey($0) })
    }

    /// The same for a session and a client.
    package func change(
        to email: EmailAddress, of userID: String, password: String, keeping session: SessionID?, from client: LimitKey?
    ) async throws {
        try await checkPassword(password, userID, client)
        guard let claim = try await tokens.claim(email, userID: userID, keeping: session) else {
            throw APIError(.notFound)
        }
        if !claim.endedSessions.isEmpty { await spread.sessionsEnded(claim.endedSessions) }
        guard claim.isNew, let requests else { return }
        requests.add(.verification(userID: userID))
        if let holder = claim.holder { requests.mailer.send(requests.texts.addressChanging(holder)) }
    }
}
