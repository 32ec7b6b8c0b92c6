import EventLoops
import HTTPKit
import NIOCore
import NIOHTTP1
import Signing

/// Checks the tokens of a node, for all its roles. Each event loop has a verifier with a cache, so that a known token
/// costs neither a lock nor a signature.
///
/// All checks go one way: the text of a token, to the verifier of the event loop that calls, to its claims or an error.
public struct TokenVerifiers: Sendable {
    private let byLoop: LoopLocal<CachedTokenVerifier?>
    private let now: @Sendable () -> Int64
    private let onUnknownKey: @Sendable () -> Void

    /// - Parameters:
    ///   - verifier: checks tokens that the caches do not know; nil while there are no keys.
    ///   - group: the event loops that ask.
    ///   - now: milliseconds since 1970.
    ///   - onUnknownKey: called, on any of the loops, for every token that names a key which is not there.
    public init(
        verifier: TokenVerifier?, group: any EventLoopGroup, now: @escaping @Sendable () -> Int64,
        onUnknownKey: @escaping @Sendable () -> Void = {}
    ) {
        byLoop = LoopLocal(group) { verifier.map { CachedTokenVerifier(verifier: $0) } }
        self.now = now
        self.onUnknownKey = onUnknownKey
    }

    /// Puts another verifier in force, on each event loop with its next turn. It must have another generation: then the
    /// caches forget which tokens were valid before. Of several calls the last one counts.
    public func replace(_ verifier: TokenVerifier?) {
        byLoop.update { cached in
            if let verifier, let cached {
                cached.verifier = verifier
            } else {
                cached = verifier.map { CachedTokenVerifier(verifier: $0) }
            }
        }
    }

    /// The claims of a request's bearer token (RFC 6750, 2.1).
    ///
    /// - Throws: `APIError.unavailable` while there are no keys, otherwise `APIError.unauthorized`.
    package func claims(of headers: HTTPHeaders, on eventLoop: any EventLoop) throws(APIError) -> Claims {
        guard var authorization = headers.first(name: "authorization") else { throw .unauthorized }
        guard let verifier = byLoop.value(on: eventLoop) ?? nil else { throw .unavailable }
        let outcome: Result<Claims, APIError> = authorization.withUTF8 { field in
            guard let token = BearerToken.token(in: field) else { return .failure(.unauthorized) }
            return check(UnsafeRawBufferPointer(token), with: verifier, now: now()).mapError { _ in .unauthorized }
        }
        return try outcome.get()
    }

    /// How long a token lets a connection live, from now on.
    ///
    /// - Parameters:
    ///   - token: the three parts, without `Bearer`.
    ///   - access: the senders that the route lets in.
    ///   - eventLoop: the loop that calls.
    package func term(
        of token: [UInt8], for access: RouteAccess = .everybody, on eventLoop: any EventLoop
    ) throws(TokenRefusal) -> TokenTerm {
        guard let verifier = byLoop.value(on: eventLoop) ?? nil else { throw .noKeys }
        let now = now()
        let outcome = token.withUnsafeBytes { check($0, with: verifier, now: now) }
        let claims = try outcome.mapError { TokenRefusal($0) }.get()
        guard access.admits(claims) else { throw .forbidden }
        let keys = verifier.verifier
        return TokenTerm(
            expiresAt: claims.expiresAt, leeway: keys.leeway, now: now,
            generation: keys.generation)
    }

    /// Where the term of a token stands now.
    package func standing(of term: TokenTerm, on eventLoop: any EventLoop) -> TokenTerm.Standing {
        term.standing(now: now(), generation: (byLoop.value(on: eventLoop) ?? nil)?.verifier.generation)
    }

    private func check(
        _ token: UnsafeRawBufferPointer, with verifier: CachedTokenVerifier, now: Int64
    ) -> Result<Claims, TokenError> {
        do throws(TokenError) {
            return .success(try verifier.verify(token, now: now))
        } catch {
            if error == .unknownKey { onUnknownKey() }
            return .failure(error)
        }
    }
}
