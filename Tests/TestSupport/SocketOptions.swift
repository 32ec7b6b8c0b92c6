#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The options of this process's sockets, read from the kernel and not from a library.
public enum SocketOptions {
    /// Whether TCP_NODELAY is on, for each IPv4 socket of this process with these ports at its ends.
    ///
    /// - Parameters:
    ///   - local: the port at this end; nil for any.
    ///   - peer: the port at the other end; nil for any.
    public static func noDelay(local: Int? = nil, peer: Int? = nil) -> [Bool] {
        (0..<Int32(getdtablesize())).lazy.prefix(65_536).compactMap { number -> Bool? in
            guard let own = port(number, getsockname), let other = port(number, getpeername) else { return nil }
            guard local == nil || local == own, peer == nil || peer == other else { return nil }
            var (isOn, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
            guard getsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, &length) == 0 else { return nil }
            return isOn != 0
        }
    }

    private static func port(
        _ number: Int32, _ call: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
    ) -> Int? {
        var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(number, $0, &length) }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
