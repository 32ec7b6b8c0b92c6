import Access
import HTTPKit
import NIOCore
import NIOHTTP1
import NIOPosix
import Signing
import Testing

/// Tokens of sessions: refused when the session has ended, and while the node does not know.
@Suite struct SessionTokenTests {
    private static let now: Int64 = 1_790_000_000_000
    private static let loop = MultiThreadedEventLoopGroup.singleton.any()
    private static let session = SessionID.random()

    private static func key() async throws -> TokenKey {
        try await TokenKey.hs256(secret: Array("a secret of the tests with 32 bytes and more".utf8))
    }

    private static func token(_ session: SessionID?) async throws -> String {
        try TokenIssuer(key: try await key()).sign(
            sub: "u1", issuedAt: now, expiresAt: now + 900_000, issuer: "scorecast", session: session)
    }

    private static func tokens(generation: UInt64 = 1) async throws -> TokenVerifiers {
        TokenVerifiers(
            verifier: try await verifier(generation: generation), group: MultiThreadedEventLoopGroup.singleton,
            now: { now })
    }

    private static func verifier(generation: UInt64) async throws -> TokenVerifier {
        try TokenVerifier(keys: [try await key()], ownIssuer: "scorecast", generation: generation)
    }

    private static func outcome(_ tokens: TokenVerifiers, _ token: String) async throws -> String {
        try await loop.submit {
            do throws(APIError) {
                return try tokens.claims(of: ["Authorization": "Bearer \(token)"], on: loop).subject
            } catch {
                return error.code.rawValue
            }
        }.get()
    }

    private static func apply(
        _ tokens: TokenVerifiers, ended: [SessionID] = [], forgotten: [SessionID] = [], until: Int64? = nil
    ) {
        var news = CredentialBook.News()
        (news.ended, news.forgotten, news.knownUntil) = (ended, forgotten, until)
        tokens.apply(news)
    }

    @Test func isRefusedAfterTheEndOfItsSessionAndInIgnorance() async throws {
        let tokens = try await Self.tokens()
        let (plain, own) = (try await Self.token(nil), try await Self.token(Self.session))
        let other = try await Self.token(.random())
        func expect(_ codes: [String], _ comment: Comment) async throws {
            var found: [String] = []
            for token in [plain, own, other] { found.append(try await Self.outcome(tokens, token)) }
            #expect(found == codes, comment)
        }
        try await expect(["u1", "unavailable", "unavailable"], "it has not been told anything")
        Self.apply(tokens, until: .max)
        try await expect(["u1", "u1", "u1"], "it knows")
        Self.apply(tokens, ended: [Self.session])
        try await expect(["u1", "unauthorized", "u1"], "the session has ended")
        Self.apply(tokens, until: .min)
        try await expect(["u1", "unauthorized", "unavailable"], "it does not know any more, but of this one")
        Self.apply(tokens, until: .max)
        try await expect(["u1", "unauthorized", "u1"], "it knows again")
        Self.apply(tokens, forgotten: [Self.session])
        try await expect(["u1", "u1", "u1"], "the token's own end refuses it by then")
    }

    @Test func openConnectionsEndWithTheSessionOnly() async throws {
        let tokens = try await Self.tokens()
        let text = Array(try await Self.token(Self.session).utf8)
        func term(isOpen: Bool = false) async throws -> Result<TokenTerm, TokenRefusal> {
            try await Self.loop.submit {
                Result { () throws(TokenRefusal) in try tokens.term(of: text, isOpen: isOpen, on: Self.loop) }
            }.get()
        }
        #expect(try await term() == .failure(.notKnown))
        #expect(try await term(isOpen: true).get().origin == .session(Self.session))
        Self.apply(tokens, until: .max)
        let found = try await term().get()
        func standing() async throws -> TokenTerm.Standing {
            try await Self.loop.submit { tokens.standing(of: found, on: Self.loop) }.get()
        }
        #expect(try await standing() == .holds(milliseconds: 900_000))
        Self.apply(tokens, until: .min)
        #expect(try await standing() == .holds(milliseconds: 900_000))
        tokens.replace(try await Self.verifier(generation: 2))
        #expect(try await standing() == .uncertain)
        #expect(try await term(isOpen: true).get().generation == 2)
        Self.apply(tokens, ended: [Self.session])
        #expect(try await standing() == .over)
        #expect(try await term(isOpen: true) == .failure(.invalid))
    }
}
