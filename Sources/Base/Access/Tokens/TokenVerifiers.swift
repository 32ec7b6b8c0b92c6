import EventLoops
import HTTPKit
import NIOCore
import NIOHTTP1
import Signing

/// Checks the tokens and API keys of a node, for all its roles. Each event loop has a verifier with a cache, so that a
/// known token costs neither a lock nor a signature.
///
/// All checks go one way: the text of a token, to the verifier of the event loop that calls, to its claims or an error.
/// Then, if it belongs to a session, the loop looks whether that has ended.
public struct TokenVerifiers: Sendable {
    private let byLoop: LoopLocal<LoopTokens>
    private let now: @Sendable () -> Int64
    private let onUnknownKey: @Sendable () -> Void
    private let metrics = CredentialMetrics()

    /// - Parameters:
    ///   - verifier: checks tokens that the caches do not know; nil while there are no keys.
    ///   - group: the event loops that ask.
    ///   - now: milliseconds since 1970.
    ///   - onUnknownKey: called, on any of the loops, for every token that names a key which is not there.
    public init(
        verifier: TokenVerifier?, group: any EventLoopGroup, now: @escaping @Sendable () -> Int64,
        onUnknownKey: @escaping @Sendable () -> Void = {}
    ) {
        byLoop = LoopLocal(group) { LoopTokens(verifier) }
        self.now = now
        self.onUnknownKey = onUnknownKey
    }

    /// Puts another verifier in force, on each event loop with its next turn. It must have another generation: then the
    /// caches forget which tokens were valid before. Of several calls the last one counts.
    public func replace(_ verifier: TokenVerifier?) {
        byLoop.update { loop in
            if let verifier, let cached = loop.verifier {
                cached.verifier = verifier
            } else {
                loop.verifier = verifier.map { CachedTokenVerifier(verifier: $0) }
            }
        }
    }

    /// Tells each event loop of ended sessions and API keys, in the order of the calls. Until the first call, tokens
    /// with a session and API keys are refused.
    package func apply(_ news: CredentialBook.News) {
        guard !news.isEmpty else { return }
        byLoop.update { $0.credentials.apply(news) }
    }

    /// The claims of a request's bearer token (RFC 6750, 2.1) or API key.
    ///
    /// - Throws: `APIError.unavailable` while there are no keys, or while the node does not know which sessions have
    ///   ended; `invalidInput` if a request shows both; otherwise `APIError.unauthorized`.
    package func claims(of headers: HTTPHeaders, on eventLoop: any EventLoop) throws(APIError) -> Claims {
        var field: String
        switch ShownCredential(in: headers) {
        case .none: throw .unauthorized
        case .both: throw .twoCredentials
        case .apiKey(var key): return try key.withUTF8 { bearer(ofKey: $0, on: eventLoop) }.get()
        case .authorization(let value): field = value
        }
        guard let loop = byLoop.value(on: eventLoop) else { throw .unavailable }
        let outcome: Result<Claims, APIError> = field.withUTF8 { field in
            guard let token = BearerToken.token(in: field) else {
                return .failure(loop.verifier == nil ? .unavailable : .unauthorized)
            }
            guard !APIKeyHash.isKey(UnsafeRawBufferPointer(token)) else { return bearer(ofKey: token, on: eventLoop) }
            guard let verifier = loop.verifier else { return .failure(.unavailable) }
            return check(UnsafeRawBufferPointer(token), with: verifier, now: now()).mapError { _ in .unauthorized }
        }
        let claims = try outcome.get()
        if let session = claims.session { try refuse(session, loop) }
        return claims
    }

    /// Refuses a session that has ended, or of which that is not known.
    private func refuse(_ session: SessionID, _ loop: LoopTokens) throws(APIError) {
        guard let refusal = loop.credentials.refusal(of: session, steadyNow: SteadyTime.milliseconds) else { return }
        metrics.record(refusal)
        throw APIError(refusal)
    }

    private func bearer(
        ofKey key: UnsafeBufferPointer<UInt8>, on eventLoop: any EventLoop
    ) -> Result<Claims, APIError> {
        guard let loop = byLoop.value(on: eventLoop) else { return .failure(.unavailable) }
        let text = UnsafeBufferPointer(rebasing: key[...].withoutTrailingFieldSpace)
        let hash = APIKeyHash(ofKey: UnsafeRawBufferPointer(text))
        do throws(LoopCredentials.Refusal) {
            return .success(
                try loop.credentials.claims(of: hash, now: now(), steadyNow: SteadyTime.milliseconds))
        } catch {
            metrics.record(error)
            return .failure(APIError(error))
        }
    }

    /// How long a token or an API key lets a connection live, from now on.
    ///
    /// - Parameters:
    ///   - token: the three parts, without `Bearer`, or an API key.
    ///   - access: the senders that the route lets in.
    ///   - isOpen: whether the connection is open already. Then it stays while the node does not know whether the
    ///     session has ended.
    ///   - eventLoop: the loop that calls.
    package func term(
        of token: [UInt8], for access: RouteAccess = .everybody, isOpen: Bool = false, on eventLoop: any EventLoop
    ) throws(TokenRefusal) -> TokenTerm {
        guard let loop = byLoop.value(on: eventLoop) else { throw .noKeys }
        let now = now()
        if token.withUnsafeBytes({ APIKeyHash.isKey($0) }) {
            return try term(ofKey: token, for: access, loop, now: now)
        }
        guard let verifier = loop.verifier else { throw .noKeys }
        let outcome = token.withUnsafeBytes { check($0, with: verifier, now: now) }
        let claims = try outcome.mapError { TokenRefusal($0) }.get()
        guard access.admits(claims) else { throw .forbidden }
        let keys = verifier.verifier
        if let session = claims.session,
            let refusal = loop.credentials.refusal(of: session, steadyNow: SteadyTime.milliseconds),
            !(isOpen && refusal == .notKnown)
        {
            metrics.record(refusal)
            throw TokenRefusal(refusal)
        }
        return TokenTerm(
            expiresAt: claims.expiresAt, leeway: keys.leeway, now: now, generation: keys.generation,
            origin: claims.session.map { .session($0) } ?? .token)
    }

    /// The user of a valid token; nil for an API key, and if the token is not valid (any more).
    package func user(of token: [UInt8], on eventLoop: any EventLoop) -> String? {
        guard !token.withUnsafeBytes({ APIKeyHash.isKey($0) }), let verifier = byLoop.value(on: eventLoop)?.verifier
        else { return nil }
        let now = now()
        return try? token.withUnsafeBytes { check($0, with: verifier, now: now) }.get().subject
    }

    private func term(
        ofKey key: [UInt8], for access: RouteAccess, _ loop: LoopTokens, now: Int64
    ) throws(TokenRefusal) -> TokenTerm {
        let hash: APIKeyHash
        let claims: Claims
        do throws(LoopCredentials.Refusal) {
            guard let known = key.withUnsafeBytes({ APIKeyHash(ofKey: $0) }) else { throw .unknownKey }
            hash = known
            claims = try loop.credentials.claims(of: hash, now: now, steadyNow: SteadyTime.milliseconds)
        } catch {
            metrics.record(error)
            throw TokenRefusal(error)
        }
        guard access.admits(claims) else { throw .forbidden }
        return TokenTerm(expiresAt: claims.expiresAt, leeway: 0, now: now, generation: 0, origin: .apiKey(hash))
    }

    /// Where the term of a token stands now. While the node does not know whether a session has ended, it goes on.
    package func standing(of term: TokenTerm, on eventLoop: any EventLoop) -> TokenTerm.Standing {
        guard let loop = byLoop.value(on: eventLoop) else { return .uncertain }
        let now = now()
        switch term.origin {
        case .token: break
        case .session(let session): if loop.credentials.hasEnded(session) { return .over }
        case .apiKey(let hash): if loop.credentials.lastKnownClaims(of: hash, now: now) == nil { return .over }
        }
        return term.standing(now: now, generation: loop.verifier?.verifier.generation)
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

extension APIError {
    /// A credential is refused.
    fileprivate init(_ refusal: LoopCredentials.Refusal) {
        self = refusal == .notKnown ? .unavailable : .unauthorized
    }
}
