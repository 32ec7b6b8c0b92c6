#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A block of IP addresses in CIDR form (RFC 4632, RFC 4291 section 2.3), such as `10.0.0.0/8` or `fd00::/8`.
public struct AddressBlock: Hashable, Sendable {
    /// The network's address in network byte order, 4 bytes (IPv4) or 16 (IPv6); bits after the prefix are zero.
    public let address: [UInt8]
    /// The number of leading bits that belong to the network.
    public let prefixLength: Int

    /// Parses a block, or a single address (a block of one).
    ///
    /// - Returns: nil if the text is neither, or if bits after the prefix are set: `10.1.2.3/8` is more likely a
    ///   mistake.
    public init?(_ text: String) {
        guard let (bytes, length) = Self.parts(text), Self.masked(bytes, length) == bytes else { return nil }
        self.init(address: bytes, prefixLength: length)
    }

    private init(address: [UInt8], prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Returns the block that an address with a prefix length is in, such as `10.0.0.0/8` for `10.1.2.3/8`; nil for
    /// any other text.
    static func network(of text: String) -> AddressBlock? {
        parts(text).map { AddressBlock(address: masked($0.bytes, $0.length), prefixLength: $0.length) }
    }

    /// Returns the address and the prefix length, without a check of the bits after it.
    private static func parts(_ text: String) -> (bytes: [UInt8], length: Int)? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = addressBytes(String(parts[0])) else { return nil }
        guard parts.count == 2 else { return (bytes, bytes.count * 8) }
        guard let length = wholeNumber(String(parts[1])), (0...bytes.count * 8).contains(length) else { return nil }
        return (bytes, length)
    }

    /// Returns whether an address (4 or 16 bytes, network byte order) is in the block. IPv4-mapped IPv6 addresses
    /// (`::ffff:a.b.c.d`, as a dual-stack listener reports IPv4 peers) count as IPv4.
    public func contains(_ candidate: [UInt8]) -> Bool {
        let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        var bytes = candidate
        if address.count == 4, bytes.count == 16, bytes.starts(with: mappedPrefix) {
            bytes = Array(bytes.dropFirst(12))
        }
        return bytes.count == address.count && Self.masked(bytes, prefixLength) == address
    }

    /// Returns whether an address in text form is in the block. Returns false for any other text.
    public func contains(_ text: String) -> Bool {
        Self.addressBytes(text).map { contains($0) } ?? false
    }

    private static func masked(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(max(length - index * 8, 0), 8)
            return byte & ~UInt8(truncatingIfNeeded: 0xff >> kept)
        }
    }

    private static func addressBytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}

extension AddressBlock: CustomStringConvertible {
    /// The canonical CIDR form.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = address.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, address, &text, socklen_t(text.count)) != nil else { return "?/\(prefixLength)" }
        let characters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "\(String(decoding: characters, as: UTF8.self))/\(prefixLength)"
    }
}
