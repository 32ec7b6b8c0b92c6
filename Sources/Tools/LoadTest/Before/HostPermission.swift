import ScorecastClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Decides which hosts may be put under load: this machine's loopback, and hosts that the operator names one by one. A
/// load test against other people's servers is an attack, and a mistyped host must not lead to one.
public enum HostPermission {
    /// Checks the hosts of all URLs, before anything is sent to any of them.
    ///
    /// - Parameters:
    ///   - urls: of nodes and of watchers.
    ///   - owned: hosts that the operator claims, as written in the URLs.
    /// - Throws: ``LoadError`` that names every other host.
    public static func check(_ urls: [String], owned: [String]) throws(LoadError) {
        try check(urls, owned: owned, resolve: addresses)
    }

    /// The same with another resolver.
    ///
    /// - Parameter resolve: the addresses of a name; empty if there are none.
    package static func check(
        _ urls: [String], owned: [String], resolve: (String) -> [[UInt8]]
    ) throws(LoadError) {
        var asked: [String] = []
        for url in urls {
            // Another check reports texts that are not URLs.
            guard let host = ServerAddress(url)?.host.lowercased(), !asked.contains(host) else { continue }
            if owned.contains(where: { plain($0) == host }) { continue }
            let addresses = resolve(host)
            if !addresses.isEmpty, addresses.allSatisfy(isLoopback) { continue }
            asked.append(host)
        }
        guard !asked.isEmpty else { return }
        let flags = asked.map { "--yes-this-is-mine \($0)" }.joined(separator: " ")
        throw LoadError(
            "Nothing was sent: \(asked.joined(separator: ", ")) \(asked.count == 1 ? "is" : "are") not this machine's "
                + "loopback. A load test can take servers down, so it runs only against those that you say are yours. "
                + "If so, add: \(flags)")
    }

    /// A host as written in a URL, with or without the brackets of an IPv6 address.
    private static func plain(_ host: String) -> String {
        let host = host.lowercased()
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    /// Whether an address of 4 or 16 bytes is of the loopback: 127.0.0.0/8 (RFC 1122, 3.2.1.3), also mapped into IPv6
    /// (RFC 4291, 2.5.5.2), or ::1.
    package static func isLoopback(_ address: [UInt8]) -> Bool {
        if address.count == 4 { return address[0] == 127 }
        guard address.count == 16 else { return false }
        if address.prefix(15).allSatisfy({ $0 == 0 }) { return address[15] == 1 }
        return address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
            && address[12] == 127
    }

    /// All addresses of a name, by the system's resolver.
    package static func addresses(of host: String) -> [[UInt8]] {
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, nil, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var addresses: [[UInt8]] = []
        var next = found
        while let info = next?.pointee {
            // The resolver returns an address once for each kind of socket.
            let address = bytes(of: info)
            if !addresses.contains(address) { addresses.append(address) }
            next = info.ai_next
        }
        return addresses
    }

    /// The bytes of the address; empty for other families, and so not of the loopback.
    private static func bytes(of info: addrinfo) -> [UInt8] {
        guard let address = info.ai_addr else { return [] }
        switch info.ai_family {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin6_addr) { Array($0) }
            }
        default: return []
        }
    }
}
