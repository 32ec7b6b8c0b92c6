import Logging
import Metrics
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Stops accepting connections for a second where that fails, for want of file descriptors mostly: until one is free,
/// the kernel would report the same connection again at once, without end.
///
/// NIO's `AcceptBackoffHandler` delays the next read, but leaves the socket registered for those, so the loop would
/// spin.
package final class AcceptPause: ChannelInboundHandler {
    package typealias InboundIn = any Channel

    private static let pause = TimeAmount.seconds(1)

    private let logger: Logger
    private let failures = Counter(label: "scorecast_http_accept_errors_total")
    private var isPausing = false

    /// - Parameter logger: told once for each pause.
    package init(logger: Logger) {
        self.logger = logger
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failures.increment()
        // That client has gone, and its place in the queue with it: nobody else is to wait for that.
        if let error = error as? IOError, error.errnoCode == ECONNABORTED { return }
        guard !isPausing, let options = context.channel.syncOptions else { return }
        isPausing = true
        logger.warning(
            "A connection could not be accepted; the next ones wait for a second.", metadata: ["error": "\(error)"])
        try? options.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isPausing = false
            try? options.setOption(.autoRead, value: true)  // It may be closed by now.
        }
    }
}
