import HTTPKit
import NIOCore
import NIOHTTP1
import Signing

/// A token verifier with its cache for each event loop, so that a known token costs neither a lock nor a signature.
public struct TokenVerifiers: Sendable {
    private let byLoop: LoopLocal<CachedTokenVerifier?>
    private let onUnknownKey: @Sendable () -> Void

    /// - Parameters:
    ///   - verifier: what checks tokens that the caches do not know; nil while there are no keys.
    ///   - group: the event loops that ask.
    ///   - onUnknownKey: called, on any of the loops, for every token that names a key which is not there.
    public init(
        verifier: TokenVerifier?, group: any EventLoopGroup, onUnknownKey: @escaping @Sendable () -> Void = {}
    ) {
        byLoop = LoopLocal(group) { verifier.map { CachedTokenVerifier(verifier: $0) } }
        self.onUnknownKey = onUnknownKey
    }

    /// Puts another verifier in force, on each event loop with its next turn. Its generation being another one, the
    /// caches forget what the last one found good. Of several calls the last one counts.
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
    package func claims(of headers: HTTPHeaders, on eventLoop: any EventLoop, now: Int64) throws(APIError) -> Claims {
        guard let field = headers.first(name: "authorization") else { throw .unauthorized }
        guard let verifier = byLoop.value(on: eventLoop) ?? nil else { throw .unavailable }
        var authorization = field
        let outcome: Result<Claims, APIError> = authorization.withUTF8 { bytes in
            guard let token = BearerField.token(in: bytes) else { return .failure(.unauthorized) }
            return check(UnsafeRawBufferPointer(token), with: verifier, now: now)
                .mapError { _ in .unauthorized }
        }
        return try outcome.get()
    }

    /// What a token says; nil while there are no keys.
    ///
    /// - Parameters:
    ///   - token: the three parts, without `Bearer`.
    ///   - eventLoop: the loop that calls.
    ///   - now: ms since 1970.
    public func check(
        _ token: UnsafeRawBufferPointer, on eventLoop: any EventLoop, now: Int64
    ) -> Result<Claims, TokenError>? {
        guard let verifier = byLoop.value(on: eventLoop) ?? nil else { return nil }
        return check(token, with: verifier, now: now)
    }

    /// Which keys are in force on the loop that calls: another number after every change, nil while there are none.
    public func generation(on eventLoop: any EventLoop) -> UInt64? {
        (byLoop.value(on: eventLoop) ?? nil)?.verifier.generation
    }

    /// By how much clocks may differ, in ms.
    public func leeway(on eventLoop: any EventLoop) -> Int64 {
        (byLoop.value(on: eventLoop) ?? nil)?.verifier.leeway ?? 0
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
