import Access
import Basics
import HTTPKit
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import Signing
import Testing

/// The sender of a request: its address first, then its token.
@Suite struct RequestAuthenticatorTests {
    private static let now: Int64 = 1_790_000_000_000
    private static let loop = MultiThreadedEventLoopGroup.singleton.any()

    /// The keys of an id each.
    private static func verifier(_ ids: [String], generation: UInt64) async throws -> TokenVerifier {
        var keys: [TokenKey] = []
        for id in ids { keys.append(try await key(id)) }
        return try TokenVerifier(keys: keys, generation: generation)
    }

    private static func key(_ id: String) async throws -> TokenKey {
        try await TokenKey.hs256(secret: Array("\(id), a secret of the tests with 32 bytes and more".utf8), id: id)
    }

    private static func token(_ id: String, role: Role = .player) async throws -> String {
        try TokenIssuer(key: try await key(id))
            .sign(sub: "u1", role: role, issuedAt: now, expiresAt: now + 60_000)
    }

    private static func headers(_ token: String) -> HTTPHeaders { ["Authorization": "Bearer \(token)"] }

    /// The result of checking a token on the loop: the role, or the code of the error.
    private static func outcome(_ tokens: TokenVerifiers, _ headers: HTTPHeaders) async throws -> String {
        try await loop.submit {
            do throws(APIError) {
                return try tokens.claims(of: headers, on: loop).role.rawValue
            } catch {
                return error.code.rawValue
            }
        }.get()
    }

    @Test func aTokenGivesClaimsOrAnError() async throws {
        let unknown = NIOLockedValueBox(0)
        let tokens = TokenVerifiers(verifier: nil, group: MultiThreadedEventLoopGroup.singleton, now: { Self.now }) {
            unknown.withLockedValue { $0 += 1 }
        }
        let admin = Self.headers(try await Self.token("a", role: .admin))
        let other = Self.headers(try await Self.token("b"))
        #expect(try await Self.outcome(tokens, admin) == "unavailable")
        #expect(try await Self.outcome(tokens, [:]) == "unauthorized", "a token is missing, whatever keys there are")
        tokens.replace(try await Self.verifier(["a"], generation: 1))
        #expect(try await Self.outcome(tokens, admin) == "admin")
        #expect(try await Self.outcome(tokens, ["Authorization": "Basic YTpi"]) == "unauthorized")
        #expect(unknown.withLockedValue { $0 } == 0)
        #expect(try await Self.outcome(tokens, other) == "unauthorized")
        #expect(unknown.withLockedValue { $0 } == 1)
        tokens.replace(try await Self.verifier(["b"], generation: 2))
        #expect(try await Self.outcome(tokens, admin) == "unauthorized", "what was valid is forgotten")
        #expect(try await Self.outcome(tokens, other) == "player")
        tokens.replace(nil)
        #expect(try await Self.outcome(tokens, other) == "unavailable")
    }

    @Test func aTokenHasATerm() async throws {
        let now = NIOLockedValueBox(Self.now)
        let tokens = TokenVerifiers(verifier: nil, group: MultiThreadedEventLoopGroup.singleton) {
            now.withLockedValue { $0 }
        }
        let token = Array(try await Self.token("a").utf8)
        func term() async throws -> Result<TokenTerm, TokenRefusal> {
            try await Self.loop.submit {
                Result { () throws(TokenRefusal) in try tokens.term(of: token, on: Self.loop) }
            }.get()
        }
        #expect(try await term() == .failure(.noKeys))
        tokens.replace(try await Self.verifier(["b"], generation: 1))
        #expect(try await term() == .failure(.unknownKey))
        tokens.replace(try await Self.verifier(["a", "b"], generation: 2))
        let found = try await term().get()
        #expect(found == TokenTerm(expiresAt: Self.now + 60_000, leeway: 30_000, now: Self.now, generation: 2))
        func standing() async throws -> TokenTerm.Standing {
            try await Self.loop.submit { tokens.standing(of: found, on: Self.loop) }.get()
        }
        #expect(try await standing() == .holds(milliseconds: 60_000))
        now.withLockedValue { $0 += 59_999 }
        #expect(try await standing() == .holds(milliseconds: 1))
        tokens.replace(try await Self.verifier(["a"], generation: 3))
        #expect(try await standing() == .uncertain)
        tokens.replace(nil)
        #expect(try await standing() == .uncertain)
        now.withLockedValue { $0 += 1 }
        #expect(try await standing() == .over)
    }

    /// An address has its share of the limit on each loop; behind a trusted proxy, each client has it.
    @Test func addressesAreLimited() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let limit = RateLimit(count: 4, periodMilliseconds: 3_600_000)
        let authenticator = RequestAuthenticator(
            tokens: TokenVerifiers(verifier: nil, group: group, now: { 0 }), addressLimit: limit,
            isTrustedProxy: { $0 == [10, 0, 0, 1] }, group: group)
        let loop = group.any()
        func admits(_ address: String, _ headers: HTTPHeaders = [:]) async throws -> APIError? {
            let socket = try SocketAddress(ipAddress: address, port: 1)
            return try await loop.submit {
                do throws(APIError) {
                    try authenticator.admit(headers, from: socket, on: loop)
                    return nil
                } catch {
                    return error
                }
            }.get()
        }
        for _ in 0..<2 { #expect(try await admits("192.0.2.1") == nil) }
        let refusal = try #require(try await admits("192.0.2.1"))
        #expect(refusal.code.status == .tooManyRequests)
        #expect(refusal.reply.fields.contains { $0.name == "RateLimit-Policy" && $0.value == "\"address\";q=4;w=3600" })
        #expect(try await admits("192.0.2.2") == nil)
        for client in ["192.0.2.3", "192.0.2.3", "192.0.2.4"] {
            #expect(try await admits("10.0.0.1", ["X-Forwarded-For": client]) == nil)
        }
        #expect(try await admits("10.0.0.1", ["X-Forwarded-For": "192.0.2.3"])?.code.status == .tooManyRequests)
        try await group.shutdownGracefully()
    }
}
