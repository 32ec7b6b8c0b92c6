import Foundation

/// A blocking TCP connection to 127.0.0.1. Every call ends within a time limit: enough to ask a server whether it is
/// ready. Blocking calls belong on a thread that may block, see `Blocking`.
package struct LoopbackSocket: Sendable {
    private let descriptor: Descriptor

    /// Connects.
    ///
    /// - Parameter timeout: how long each single send and receive may take.
    package init(port: Int, timeout: Duration) throws {
        guard (1...65535).contains(port) else { throw LocalServerError.invalid("\(port) is not a TCP port.") }
        descriptor = try Self.make()
        try Self.limit(descriptor, to: timeout)
        var address = Self.address(port: UInt16(port))
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor.number, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
            }
        }
        guard code == 0 else {
            throw LocalServerError.system(call: "connect", subject: "127.0.0.1:\(port)", code: code)
        }
    }

    /// Sends all of it.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
                return Foundation.send(descriptor.number, rest.baseAddress, rest.count, Self.noSignal)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw LocalServerError.system(call: "send", subject: "127.0.0.1", code: errno) }
            sent += count
        }
    }

    /// Says that nothing more will be sent; what the peer sends can still be read.
    package func endSending() {
        // Fails only if the connection is gone; then there is nothing left to end.
        _ = shutdown(descriptor.number, Int32(SHUT_WR))
    }

    /// The bytes that have arrived, after a wait for at least one; nil at the end of the stream.
    package func receive(bytes_max: Int = 65536) throws -> [UInt8]? {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: bytes_max) { buffer, initialized in
                count = recv(descriptor.number, buffer.baseAddress, bytes_max, 0)
                initialized = max(count, 0)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw LocalServerError.system(call: "recv", subject: "127.0.0.1", code: errno) }
            return count == 0 ? nil : bytes
        }
    }

    static func make() throws -> Descriptor {
        #if canImport(Darwin)
            let number = socket(AF_INET, SOCK_STREAM, 0)
            if number >= 0 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        #else
            let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard number >= 0 else { throw LocalServerError.system(call: "socket", subject: "AF_INET", code: errno) }
        return Descriptor(number)
    }

    static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Sets the time limit of every call, the connect included (on Linux `SO_SNDTIMEO` bounds it too).
    private static func limit(_ descriptor: Descriptor, to timeout: Duration) throws {
        var limit = timeval()
        limit.tv_sec = time_t(timeout.components.seconds)
        limit.tv_usec = suseconds_t(timeout.components.attoseconds / 1_000_000_000_000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            let size = socklen_t(MemoryLayout<timeval>.size)
            guard setsockopt(descriptor.number, SOL_SOCKET, option, &limit, size) == 0 else {
                throw LocalServerError.system(call: "setsockopt", subject: "127.0.0.1", code: errno)
            }
        }
        #if canImport(Darwin)
            var on: Int32 = 1
            setsockopt(descriptor.number, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// A lost peer must be an error here, not a SIGPIPE.
    private static var noSignal: Int32 {
        #if canImport(Darwin)
            0
        #else
            Int32(MSG_NOSIGNAL)
        #endif
    }
}
