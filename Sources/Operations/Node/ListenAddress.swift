import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a node listens, tried before anything else is started.
public enum ListenAddress {
    /// Why the node could not listen where its configuration says; nil if it can. The port is free again afterwards.
    public static func problem(of configuration: NodeConfiguration) -> ConfigurationProblem? {
        let (host, port) = (configuration.httpHost, configuration.httpPort)
        let address: SocketAddress
        do {
            address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            return ConfigurationProblem(
                key: "SCORECAST_HTTP_HOST",
                reason: "\(host.quotedForMessage) is not the name of a host that is known here",
                example: "127.0.0.1")
        }
        let code = bindOnce(address)
        return code == 0 ? nil : problem(code, host: host, port: port)
    }

    /// The message for an `errno` of `bind(2)`. Pure.
    package static func problem(_ code: Int32, host: String, port: Int) -> ConfigurationProblem {
        let choice = "choose another with SCORECAST_HTTP_PORT, or with --port of 'scorecast up'"
        switch code {
        case EADDRINUSE:
            return ConfigurationProblem(
                key: "SCORECAST_HTTP_PORT", reason: "port \(port) of \(host) is taken by another program; \(choice)",
                example: port < 65_535 ? "\(port + 1)" : "8081")
        case EACCES, EPERM:
            return ConfigurationProblem(
                key: "SCORECAST_HTTP_PORT",
                reason: "this user may not listen on port \(port) (ports below 1024 are mostly root's); \(choice)",
                example: "8080")
        case EADDRNOTAVAIL:
            return ConfigurationProblem(
                key: "SCORECAST_HTTP_HOST", reason: "\(host.quotedForMessage) is not an address of this machine",
                example: "127.0.0.1 for this machine alone, 0.0.0.0 for all of its networks")
        default:
            return ConfigurationProblem(
                key: "SCORECAST_HTTP_HOST",
                reason: "it is not possible to listen on port \(port) of \(host): \(String(cString: strerror(code)))")
        }
    }

    /// Binds as the listener does, and gives the address up at once.
    ///
    /// - Returns: 0, or the `errno`.
    private static func bindOnce(_ address: SocketAddress) -> Int32 {
        #if canImport(Darwin)
            let type = SOCK_STREAM
        #else
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #endif
        let number = socket(Int32(address.protocol.rawValue), type, 0)
        guard number >= 0 else { return errno }
        defer { close(number) }
        // As the listener does: connections of an earlier run that still wait for their end do not count.
        var on: Int32 = 1
        _ = setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return address.withSockAddr { pointer, size in
            bind(number, pointer, socklen_t(size)) == 0 ? 0 : errno
        }
    }
}
