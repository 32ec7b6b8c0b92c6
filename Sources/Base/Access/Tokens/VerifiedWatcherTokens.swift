import NIOCore
import Signing

/// The API's way of checking tokens, for the gateway: the same keys, and the same caches where a node has both roles.
package struct VerifiedWatcherTokens: WatcherTokens {
    private let tokens: TokenVerifiers
    private let time: @Sendable () -> Int64

    /// - Parameters:
    ///   - tokens: checks them.
    ///   - now: ms since 1970.
    package init(_ tokens: TokenVerifiers, now: @escaping @Sendable () -> Int64) {
        self.tokens = tokens
        time = now
    }

    package var now: Int64 { time() }

    package func generation(on eventLoop: any EventLoop) -> UInt64? { tokens.generation(on: eventLoop) }

    package func check(_ token: [UInt8], on eventLoop: any EventLoop) -> TokenVerdict {
        let now = time()
        let outcome = token.withUnsafeBytes { tokens.check($0, on: eventLoop, now: now) }
        guard let outcome, let generation = tokens.generation(on: eventLoop) else { return .unavailable }
        switch outcome {
        case .success(let claims):
            return .good(
                TokenTerm(
                    expiresAt: claims.expiresAt, leeway: tokens.leeway(on: eventLoop), now: now, generation: generation)
            )
        case .failure(.unknownKey): return .unknownKey
        case .failure: return .refused
        }
    }
}
