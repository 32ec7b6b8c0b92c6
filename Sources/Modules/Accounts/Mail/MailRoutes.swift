import Access
import Basics
import HTTPKit
import HTTPTypes
import NIOCore
import NIOHTTP1
import Signing

/// `/auth/verify`, `/auth/verify-request`, `/auth/reset-request` and `/auth/reset`.
///
/// A token that was made up, used, or that is too old, is `unauthorized`, like a refresh token; which of them is not
/// told. An answer to `reset-request` tells nothing about accounts: it is made before anybody looks for one.
package struct MailRoutes: Sendable {
    private let tokens: any OneTimeTokenStore
    private let limits: any AttemptLimits
    private let requests: MailRequests?
    private let resetting: PasswordResetting
    private let passwordProblem: @Sendable (String) -> String?

    /// Longer bodies are refused. A password of 1024 bytes may be escaped.
    private static let bodyBytesMax = 16 * 1024

    /// - Parameters:
    ///   - tokens: the tokens that come by mail.
    ///   - limits: counts requests.
    ///   - requests: makes mail with tokens; nil if this server sends no mail.
    ///   - passwords: hashes.
    ///   - passwordProblem: why nobody may choose a password; nil if it is good.
    ///   - spread: told of each session that ends, after Postgres has it.
    package init(
        tokens: any OneTimeTokenStore, limits: any AttemptLimits, requests: MailRequests?,
        passwords: any PasswordHashing, passwordProblem: @escaping @Sendable (String) -> String?,
        spread: any CredentialSpread
    ) {
        self.tokens = tokens
        self.limits = limits
        self.requests = requests
        self.passwordProblem = passwordProblem
        resetting = PasswordResetting(
            tokens: tokens, limits: limits, passwords: passwords, spread: spread, requests: requests)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.post, "/auth/verify", .everybody) { try await verify($0) }
        table.add(.post, "/auth/verify-request", .users([])) { try await requestVerification($0) }
        table.add(.post, "/auth/reset-request", .everybody) { try await requestReset($0) }
        table.add(.post, "/auth/reset", .everybody) { try await reset($0) }
    }

    private func verify(_ request: RouteRequest) async throws -> Reply {
        let text = try MailBodies.token(try await request.json(upTo: Self.bodyBytesMax))
        guard let token = OneTimeToken(text) else { throw APIError.unauthorized }
        switch try await tokens.verify(token.hash) {
        case .verified: return .json(.ok, MailBodies.writeSuccess)
        case .refused: throw APIError.unauthorized
        case .taken: throw APIError(.taken, message: "Another account has verified this e-mail address.")
        }
    }

    private func requestVerification(_ request: RouteRequest) async throws -> Reply {
        guard let requests else { throw APIError(.mailNotConfigured) }
        let userID = try request.bearer().subject
        try await admit(.verifyRequests, LimitKey(.user, userID))
        guard requests.add(.verification(userID: userID)) else { throw APIError.unavailable }
        return .json(.accepted, MailBodies.writeSuccess)
    }

    private func requestReset(_ request: RouteRequest) async throws -> Reply {
        guard let requests else { throw APIError(.mailNotConfigured) }
        let email = try MailBodies.email(try await request.json(upTo: Self.bodyBytesMax))
        try await admit(.resetRequests, request.clientAddress.map { LimitKey($0) })
        // Whether there is room has nothing to do with the address.
        guard requests.add(.reset(email)) else { throw APIError.unavailable }
        return .json(.accepted, MailBodies.writeSuccess)
    }

    private func reset(_ request: RouteRequest) async throws -> Reply {
        let body = try MailBodies.Reset(try await request.json(upTo: Self.bodyBytesMax), passwordProblem)
        try await resetting.reset(body.token, to: body.password)
        return Reply(status: .noContent, body: ByteBuffer())
    }

    private func admit(_ limit: HourlyLimit, _ key: LimitKey?) async throws {
        guard let key, let wait = try await limits.admit(limit, for: key) else { return }
        var error = APIError.rateLimited(retryAfterMilliseconds: wait, policy: nil)
        error.message = "Too many requests. Try again later."
        throw error
    }
}
