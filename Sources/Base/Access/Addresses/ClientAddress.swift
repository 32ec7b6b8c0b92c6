import NIOCore
import NIOHTTP1

/// The client that limits count a request for: an IPv4 address, or the /64 network of an IPv6 address, since a
/// provider gives each customer such a network.
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

extension ClientAddress: CustomStringConvertible {
    /// Such as `203.0.113.7` or `2001:db8:0:1::/64`.
    package var description: String {
        if isIPv4 {
            return [24, 16, 8, 0].map { String(high >> $0 & 0xff) }.joined(separator: ".")
        }
        return [48, 32, 16, 0].map { String(high >> $0 & 0xffff, radix: 16) }.joined(separator: ":") + "::/64"
    }
}

extension SocketAddress {
    /// The 4 or 16 bytes of an IP address, in network order; nil for Unix sockets. They come after the family and the
    /// port, in IPv6 also after the flow information (RFC 3493, 3.3).
    package var addressBytes: [UInt8]? {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address): withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
        case .unixDomainSocket: nil
        }
    }
}
