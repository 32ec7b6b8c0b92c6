import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension RedisError {
    /// The error in words for an operator: the message and its cause, without the place in the source.
    public var explanation: String {
        guard let underlying else { return message }
        return "\(message): \(Self.words(underlying))"
    }

    /// NIO's errors describe themselves with the names of types and system calls.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as RedisError: return error.explanation
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: return "no answer within the time for connecting"
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return words(first.error) }
            return "the host \(error.host) is not known"
        default: return "\(error)"
        }
    }
}
