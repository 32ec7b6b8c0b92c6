import Basics
import EventLoops
import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Signing

/// Says who sends a request: first whether its client address may ask at all, then which claims its token has.
///
/// Every route that looks at a token asks here, so that no route can be made to do cryptography faster than an address
/// may.
package final class RequestAuthenticator: Sendable {
    private let tokens: TokenVerifiers
    private let addressLimit: RateLimit?
    private let addresses: LoopLocal<AddressLimiter?>
    private let finder: ClientAddressFinder
    private let group: any EventLoopGroup

    /// The fields that may hold a token or an API key.
    package static let credentialFields = ["authorization", "x-api-key"]
    /// The fields that say who sends a request.
    package static let fields = credentialFields + addressFields
    private static let addressFields = ["x-forwarded-for", "forwarded"]

    /// - Parameters:
    ///   - tokens: checks tokens, on the loops of `group`.
    ///   - addressLimit: requests of one client address in a period, on all loops together; nil for no limit.
    ///   - isTrustedProxy: whether an address is that of a proxy that is believed; see ``ClientAddressFinder``.
    ///   - group: the event loops.
    package init(
        tokens: TokenVerifiers, addressLimit: RateLimit?, isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?,
        group: any EventLoopGroup
    ) {
        self.tokens = tokens
        self.addressLimit = addressLimit
        addresses = AddressLimiter.forLoops(of: group, limit: addressLimit)
        finder = ClientAddressFinder(isTrustedProxy: isTrustedProxy)
        self.group = group
    }

    /// Counts a request of an address, before it costs any cryptography.
    ///
    /// - Parameters:
    ///   - headers: with the fields that proxies add.
    ///   - socket: the other end of the connection; nil if it is not known, and nothing is counted.
    ///   - eventLoop: the loop that calls.
    /// - Throws: `APIError.rateLimited` if the address sends too many.
    package func admit(
        _ headers: HTTPHeaders, from socket: SocketAddress?, on eventLoop: any EventLoop
    ) throws(APIError) {
        guard let addressLimit, let limiter = addresses.value(on: eventLoop) ?? nil,
            let client = finder.client(of: headers, socket: socket)
        else { return }
        guard let wait = limiter.admit(client, now: SteadyTime.microseconds) else { return }
        throw .rateLimited(
            retryAfterMilliseconds: wait, policy: RatePolicy(name: "address", limit: addressLimit))
    }

    /// The same for a request of Hummingbird that shows no token, on one of the event loops.
    ///
    /// - Throws: `APIError.rateLimited` if the address sends too many.
    func admit(_ request: Request, from socket: SocketAddress?) async throws {
        guard addressLimit != nil else { return }
        let headers = HTTPHeaders(Self.addressFields, of: request.headers)
        let eventLoop = group.next()
        try await eventLoop.submit { [self] in try admit(headers, from: socket, on: eventLoop) }.get()
    }

    /// The client that limits count a request for; nil if it is not known.
    package func clientAddress(of request: Request, from socket: SocketAddress?) -> ClientAddress? {
        finder.client(of: HTTPHeaders(Self.addressFields, of: request.headers), socket: socket)
    }

    /// The claims of an admitted request's token.
    ///
    /// - Throws: `APIError.unavailable` while there are no keys, otherwise `APIError.unauthorized`.
    package func claims(of headers: HTTPHeaders, on eventLoop: any EventLoop) throws(APIError) -> Claims {
        try tokens.claims(of: headers, on: eventLoop)
    }

    /// Both, for a request of Hummingbird, on one of the event loops.
    ///
    /// - Throws: `APIError`, as ``admit(_:from:on:)`` and ``claims(of:on:)`` do.
    package func claims(of request: Request, from socket: SocketAddress?) async throws -> Claims {
        let headers = HTTPHeaders(Self.fields, of: request.headers)
        let eventLoop = group.next()
        return try await eventLoop.submit { [self] in
            try admit(headers, from: socket, on: eventLoop)
            return try claims(of: headers, on: eventLoop)
        }.get()
    }
}
