import Basics
import NIOCore
import Settings

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tries the address of a node before anything else is started.
public enum ListenAddress {
    /// Returns why the node could not listen on its configured addresses, or nil if it can. The ports are free again
    /// afterwards.
    public static func problem(of configuration: NodeConfiguration) -> ConfigurationProblem? {
        let main = Place(host: configuration.httpHost, port: configuration.httpPort, settings: "SCORECAST_HTTP_")
        let operations = configuration.operationsPort.map {
            Place(host: configuration.operationsHost, port: $0, settings: "SCORECAST_OPERATIONS_")
        }
        return problem(main) ?? operations.flatMap { problem($0) }
    }

    /// An address to listen on, and the prefix of its two settings.
    package struct Place: Sendable {
        package let host: String
        package let port: Int
        package let settings: String

        package init(host: String, port: Int, settings: String) {
            self.host = host
            self.port = port
            self.settings = settings
        }
    }

    private static func problem(_ place: Place) -> ConfigurationProblem? {
        let address: SocketAddress
        do {
            address = try SocketAddress.makeAddressResolvingHost(place.host, port: place.port)
        } catch {
            return ConfigurationProblem(
                key: place.settings + "HOST",
                reason: "\(place.host.quotedForMessage) is not the name of a host that is known here",
                example: "127.0.0.1")
        }
        let code = bindOnce(address)
        return code == 0 ? nil : problem(code, at: place)
    }

    /// Returns the message for an `errno` of `bind(2)`. Pure.
    package static func problem(_ code: Int32, at place: Place) -> ConfigurationProblem {
        let (port, host) = (place.port, place.host)
        let isMain = place.settings == "SCORECAST_HTTP_"
        let choice =
            "choose another with \(place.settings)PORT" + (isMain ? ", or with --port of 'scorecast up'" : "")
        switch code {
        case EADDRINUSE:
            return ConfigurationProblem(
                key: place.settings + "PORT", reason: "port \(port) of \(host) is taken by another program; \(choice)",
                example: port < 65_535 ? "\(port + 1)" : "8081")
        case EACCES, EPERM:
            return ConfigurationProblem(
                key: place.settings + "PORT",
                reason: "this user may not listen on port \(port) (ports below 1024 are mostly root's); \(choice)",
                example: "8080")
        case EADDRNOTAVAIL:
            return ConfigurationProblem(
                key: place.settings + "HOST", reason: "\(host.quotedForMessage) is not an address of this machine",
                example: "127.0.0.1 for this machine alone, 0.0.0.0 for all of its networks")
        default:
            return ConfigurationProblem(
                key: place.settings + "HOST",
                reason: "it is not possible to listen on port \(port) of \(host): \(String(cString: strerror(code)))")
        }
    }

    /// Binds as the listener does, and closes the socket at once.
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
        // Like the listener, ignore connections of an earlier run that are still closing.
        var on: Int32 = 1
        _ = setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return address.withSockAddr { pointer, size in
            bind(number, pointer, socklen_t(size)) == 0 ? 0 : errno
        }
    }
}
