import Foundation
import Synchronization

/// TCP ports on 127.0.0.1 that nobody listens on.
public enum FreePort {
    /// The ports that this process has given out, so that two callers never get the same one; at most 64 Ki entries.
    private static let taken = Mutex<Set<Int>>([])

    /// Below the ports that systems give to clients (Linux from 32768, others from 49152). Otherwise any client could
    /// get the port before it is used, or while its server restarts.
    private static let range = 12_000...31_999

    /// A port that was free a moment ago, and was never given out by this process before.
    ///
    /// Another process may still take it first: the caller must be ready to ask for another.
    public static func take() throws -> Int {
        for _ in 0..<64 {
            let port = Int.random(in: range)
            if try isFree(port), taken.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw LocalServerError.invalid("No free port on 127.0.0.1 among \(range.lowerBound) to \(range.upperBound).")
    }

    private static func isFree(_ port: Int) throws -> Bool {
        let socket = try LoopbackSocket.make()
        let address = LoopbackSocket.address(port: UInt16(port))
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket.number, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
            }
        }
        guard code == 0 || code == EADDRINUSE || code == EACCES else {
            throw LocalServerError.system(call: "bind", subject: "127.0.0.1:\(port)", code: code)
        }
        return code == 0
    }
}
