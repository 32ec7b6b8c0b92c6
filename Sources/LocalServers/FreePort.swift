import Foundation
import Synchronization

/// TCP ports on 127.0.0.1 that nobody listens on.
public enum FreePort {
    /// What this process has given out already, so that two callers never get the same one; at most 64 Ki entries.
    private static let taken = Mutex<Set<Int>>([])

    /// A port that was free a moment ago, chosen by the kernel, and never given out by this process before.
    ///
    /// Another process may still take it first: whoever listens on it must be ready to ask for another.
    public static func take() throws -> Int {
        for _ in 0..<64 {
            let port = try kernelChoice()
            if taken.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw LocalServerError.invalid("No free port on 127.0.0.1: this process has used up what the kernel offers.")
    }

    private static func kernelChoice() throws -> Int {
        let socket = try LoopbackSocket.make()
        var address = LoopbackSocket.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(socket.number, generic, length) == 0 else { return errno }
                return getsockname(socket.number, generic, &length) == 0 ? 0 : errno
            }
        }
        guard code == 0 else { throw LocalServerError.system(call: "bind", subject: "127.0.0.1:0", code: code) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
