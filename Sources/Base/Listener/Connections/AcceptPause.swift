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

/// Stops accepting connections for a second when one could not be accepted, usually because the process has no free
/// file descriptor. Until there is one, the kernel would report the same connection again and again.
///
/// NIO's `AcceptBackoffHandler` delays the next read, but leaves the socket registered for reads, so the loop would
/// spin.
package final class AcceptPause: ChannelInboundHandler {
    package typealias InboundIn = any Channel

    private static let pause = TimeAmount.seconds(1)

    private let logger: Logger
    private let failures = Counter(label: "scorecast_http_accept_errors_total")
    private var isPausing = false

    /// - Parameter logger: gets one warning for each pause.
    package init(logger: Logger) {
        self.logger = logger
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failures.increment()
        // The client has gone before it was accepted. The next one can be accepted at once.
        if let error = error as? IOError, error.errnoCode == ECONNABORTED { return }
        guard !isPausing, let options = context.channel.syncOptions else { return }
        isPausing = true
        logger.warning(
            "A connection could not be accepted; the next ones wait for a second.", metadata: ["error": "\(error)"])
        try? options.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isPausing = false
            try? options.setOption(.autoRead, value: true)  // it may be closed by now
        }
    }
}
