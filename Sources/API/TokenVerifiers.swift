import NIOCore
import NIOHTTP1
import Signing

/// A token verifier with its cache for each event loop, so that a known token costs neither a lock nor a signature.
struct TokenVerifiers: Sendable {
    private let byLoop: [ObjectIdentifier: NIOLoopBoundBox<CachedTokenVerifier>]

    /// - Parameters:
    ///   - verifier: what checks tokens that the caches do not know.
    ///   - group: the event loops that ask.
    init(verifier: TokenVerifier, group: any EventLoopGroup) {
        var byLoop: [ObjectIdentifier: NIOLoopBoundBox<CachedTokenVerifier>] = [:]
        for eventLoop in group.makeIterator() {
            byLoop[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(
                CachedTokenVerifier(verifier: verifier), eventLoop: eventLoop)
        }
        self.byLoop = byLoop
    }

    /// The claims of a request's bearer token (RFC 6750, 2.1).
    func claims(of headers: HTTPHeaders, on eventLoop: any EventLoop, now: Int64) throws(APIError) -> Claims {
        guard let field = headers.first(name: "authorization"), let verifier = byLoop[ObjectIdentifier(eventLoop)]?.value
        else { throw .unauthorized }
        var authorization = field
        let outcome: Result<Claims, APIError> = authorization.withUTF8 { bytes in
            let scheme: StaticString = "bearer "
            let length = scheme.utf8CodeUnitCount
            guard bytes.count > length else { return .failure(.unauthorized) }
            let isBearer = scheme.withUTF8Buffer { zip(bytes, $0).allSatisfy { $0 | 0x20 == $1 | 0x20 } }
            guard isBearer else { return .failure(.unauthorized) }
            do {
                let token = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[length...]))
                return .success(try verifier.verify(token, now: now))
            } catch {
                return .failure(.unauthorized)
            }
        }
        return try outcome.get()
    }
}
