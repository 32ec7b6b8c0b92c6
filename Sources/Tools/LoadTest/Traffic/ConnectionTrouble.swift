import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Short, stable names of connection failures, for counts and hints.
enum ConnectionTrouble: String {
    case timeout
    case connectTimeout = "connect timeout"
    /// No process listens at that address.
    case refused = "connection refused"
    /// This process may open no more sockets.
    case noDescriptors = "out of file descriptors"
    /// This machine has no more local ports towards that address.
    case noPorts = "out of local ports"
    /// The name or the network is not known.
    case noRoute = "no such host"
    /// Lost while in use.
    case reset = "connection lost"
    /// Anything else.
    case failed = "connection failed"

    /// The name of an error of a request.
    static func name(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            if error == .deadlineExceeded || error == .readTimeout || error == .writeTimeout { return timeout.rawValue }
            if error == .connectTimeout { return connectTimeout.rawValue }
            if error == .remoteConnectionClosed { return reset.rawValue }
            return error.shortDescription
        case let error as IOError: return of(error.errnoCode).rawValue
        case let error as NIOConnectionError: return of(error).rawValue
        case ChannelError.connectTimeout: return connectTimeout.rawValue
        case is ChannelError: return failed.rawValue
        default: return "\(type(of: error))"
        }
    }

    private static func of(_ error: NIOConnectionError) -> ConnectionTrouble {
        let codes = error.connectionErrors.compactMap { ($0.error as? IOError).map { of($0.errnoCode) } }
        if let code = codes.first { return code }
        return error.connectionErrors.isEmpty ? .noRoute : .failed
    }

    private static func of(_ code: CInt) -> ConnectionTrouble {
        switch code {
        case ECONNREFUSED: .refused
        case EMFILE, ENFILE: .noDescriptors
        case EADDRNOTAVAIL, EADDRINUSE: .noPorts
        case EHOSTUNREACH, ENETUNREACH: .noRoute
        case ECONNRESET, EPIPE: .reset
        case ETIMEDOUT: .connectTimeout
        default: .failed
        }
    }

    /// The name for a sentence of the client library, which contains the number of the system's error.
    static func name(_ words: String) -> String {
        let marks = ["errno: ", "errorCode: "]
        for mark in marks {
            guard let place = words.firstRange(of: mark) else { continue }
            let digits = words[place.upperBound...].prefix { $0.isASCII && $0.isNumber }
            if let code = CInt(digits) { return of(code).rawValue }
        }
        return words.contains("imeout") || words.contains("imedOut") ? connectTimeout.rawValue : failed.rawValue
    }
}
