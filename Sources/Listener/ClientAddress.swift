import NIOCore
import NIOHTTP1

/// Whom a request comes from, as far as limits are concerned: an IPv4 address, or the /64 network of an IPv6 address, since that is what
/// one customer of a provider gets.
package struct ClientAddress: Hashable, Sendable {
    private let high: UInt64
    private let isIPv4: Bool

    /// From the bytes of an address: 4 or 16. IPv4 addresses mapped into IPv6 count as IPv4.
    package init?(bytes: some Collection<UInt8>) {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        switch bytes.count {
        case 4:
            isIPv4 = true
            high = bytes.reduce(0) { $0 << 8 | UInt64($1) }
        case 16 where bytes.prefix(12).elementsEqual(mapped):
            isIPv4 = true
            high = bytes.suffix(4).reduce(0) { $0 << 8 | UInt64($1) }
        case 16:
            isIPv4 = false
            high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        default:
            return nil
        }
    }

    /// From a socket's address; nil for Unix sockets.
    package init?(_ address: SocketAddress) {
        guard let bytes = address.addressBytes else { return nil }
        self.init(bytes: bytes)
    }
}

extension SocketAddress {
    /// The 4 or 16 bytes of an IP address, in network order; nil for Unix sockets. They lie behind the family and the port, in IPv6 also
    /// behind the flow information (RFC 3493, 3.3).
    package var addressBytes: [UInt8]? {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address): withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
        case .unixDomainSocket: nil
        }
    }
}

/// Finds the client behind proxies: in `X-Forwarded-For`, or in `Forwarded` (RFC 7239).
///
/// A proxy adds the address that it was called from at the end of one of the two fields. So the last entry was written by
/// the proxy that called the node, and each entry before it by the address that the one after it names. Entries count for
/// as long as those who wrote them are trusted.
package struct ClientAddressFinder: Sendable {
    /// Whether an address (4 or 16 bytes) is that of a proxy that is believed; nil when there are none.
    private let isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?

    /// - Parameter isTrustedProxy: see the property.
    package init(isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?) {
        self.isTrustedProxy = isTrustedProxy
    }

    /// Entries that are looked at; a longer list is not worth the work.
    private static let entriesMax = 16

    /// The client: the socket's address, or, if that is a trusted proxy, the last forwarded address that is not one.
    ///
    /// A proxy writes one of the two fields, and may hand on the other as the client sent it. Nobody can tell which is
    /// which: if both are there and name different clients, neither is believed, and the proxy's own address counts.
    package func client(of headers: HTTPHeaders, socket: SocketAddress?) -> ClientAddress? {
        guard let socket else { return nil }
        let own = ClientAddress(socket)
        guard let isTrustedProxy, let bytes = socket.addressBytes, isTrustedProxy(bytes) else { return own }
        let list = headers["x-forwarded-for"]
        let forwarded = headers["forwarded"]
        guard !forwarded.isEmpty else { return last(of: ForwardedFor.entries(list), isTrustedProxy) ?? own }
        let standard = last(of: Forwarded.entries(forwarded), isTrustedProxy)
        guard !list.isEmpty else { return standard ?? own }
        let usual = last(of: ForwardedFor.entries(list), isTrustedProxy)
        return usual == standard ? usual ?? own : own
    }

    /// The client of a list whose last entry comes first; nil if that is no address.
    private func last(of entries: some Sequence<[UInt8]?>, _ isTrusted: ([UInt8]) -> Bool) -> ClientAddress? {
        var client: ClientAddress?
        for entry in entries.prefix(Self.entriesMax) {
            // The proxy before it does not say whom it was called from: it is as far as can be seen.
            guard let bytes = entry else { break }
            client = ClientAddress(bytes: bytes)
            if !isTrusted(bytes) { break }
        }
        return client
    }
}
