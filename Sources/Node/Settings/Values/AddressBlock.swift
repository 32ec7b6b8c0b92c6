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
    /// How many leading bits belong to the network.
    public let prefixLength: Int

    /// Reads a block, or a single address (a block of one).
    ///
    /// - Returns: nil if the text is neither, or if bits after the prefix are set: `10.1.2.3/8` is more likely a slip
    ///   than a wish.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.addressBytes(String(parts[0])) else { return nil }
        var length = bytes.count * 8
        if parts.count == 2 {
            guard let given = wholeNumber(String(parts[1])), (0...length).contains(given) else { return nil }
            length = given
        }
        guard Self.masked(bytes, length) == bytes else { return nil }
        address = bytes
        prefixLength = length
    }

    /// Whether an address (4 or 16 bytes, network byte order) lies in the block. IPv4-mapped IPv6 addresses
    /// (`::ffff:a.b.c.d`, as a dual-stack listener reports IPv4 peers) count as IPv4.
    public func contains(_ candidate: [UInt8]) -> Bool {
        let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        var bytes = candidate
        if address.count == 4, bytes.count == 16, bytes.starts(with: mappedPrefix) {
            bytes = Array(bytes.dropFirst(12))
        }
        return bytes.count == address.count && Self.masked(bytes, prefixLength) == address
    }

    /// Whether an address in its textual form lies in the block; false for anything else.
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
