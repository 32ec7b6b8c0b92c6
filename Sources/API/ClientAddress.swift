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
    init?(_ address: SocketAddress) {
        guard let bytes = address.addressBytes else { return nil }
        self.init(bytes: bytes)
    }
}

extension SocketAddress {
    /// The 4 or 16 bytes of an IP address, in network order; nil for Unix sockets. They lie behind the family and the port, in IPv6 also
    /// behind the flow information (RFC 3493, 3.3).
    var addressBytes: [UInt8]? {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address): withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
        case .unixDomainSocket: nil
        }
    }
}

/// Finds the client behind proxies.
struct ClientAddressFinder: Sendable {
    /// Whether an address (4 or 16 bytes) is that of a proxy whose `X-Forwarded-For` is believed; nil when there are none.
    let isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?

    /// Entries of `X-Forwarded-For` that are looked at; a longer list is not worth the work.
    private static let entriesMax = 16

    /// The client: the socket's address, or, where that is a trusted proxy, the last forwarded address that is not one.
    func client(of headers: HTTPHeaders, socket: SocketAddress?) -> ClientAddress? {
        guard let socket else { return nil }
        guard let isTrustedProxy, let own = socket.addressBytes, isTrustedProxy(own) else {
            return ClientAddress(socket)
        }
        let entries = headers[canonicalForm: "x-forwarded-for"].reversed().prefix(Self.entriesMax)
        var client = ClientAddress(socket)
        for entry in entries {
            // What is no address was not written by a proxy of ours: the one in front of it is as far as we can see.
            guard let bytes = Self.parse(entry) else { break }
            client = ClientAddress(bytes: bytes)
            if !isTrustedProxy(bytes) { break }
        }
        return client
    }

    private static func parse(_ text: Substring) -> [UInt8]? {
        (try? SocketAddress(ipAddress: String(text), port: 0))?.addressBytes
    }
}
