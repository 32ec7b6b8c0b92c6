import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Words for operators about errors of NIO, which describe themselves with the names of types and system calls.
package enum NetworkErrorText {
    /// Returns the reason why a connection failed.
    package static func words(of error: any Error) -> String {
        switch error {
        case let error as RedisError: return error.explanation
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: return "no answer within the time for connecting"
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return words(of: first.error) }
            return "the host \(error.host) is not known"
        default: return "\(error)"
        }
    }
}
