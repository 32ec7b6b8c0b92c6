// An echo on the WebSocket pipeline of the gateway, for conformance suites:
//
//     ws-echo --port 9001 [--host 127.0.0.1] [--max-message 16777216]
//
// It is not part of a release.

import ArgumentParser
import Foundation
import Hummingbird
import Listener
import Logging
import NIOPosix
import ServiceLifecycle
import UnixSignals
import WebSocket

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An echo on the gateway's WebSocket pipeline, for conformance suites. It is not part of a release.
@main struct WSEcho: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ws-echo", abstract: "Sends each WebSocket message back, on exactly the gateway's pipeline.")

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on, 0 for a free one.")
    var port = 9001

    @Option(help: "The longest message, in bytes.")
    var maxMessage = 16 * 1024 * 1024

    /// Bounds what `--max-message` can ask for; 125 bytes fit into any frame.
    private static let maxMessageBounds = 125...1 << 30

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
        guard Self.maxMessageBounds.contains(maxMessage) else {
            throw ValidationError("--max-message must be \(Self.maxMessageBounds.lowerBound) to 2^30.")
        }
    }

    func run() async throws {
        let limits = InboundFrames.Limits(messageBytesMax: maxMessage, messageFramesMax: 1 << 20)
        let routes = FrontRoutes(upgrade: [EchoRoute(limits: limits)])
        let logger = Logger(label: "ws-echo", factory: { _ in SwiftLogNoOpLogHandler() })
        let listener = HTTPListener(
            host: host, port: port, routes: routes, responder: Router().buildResponder(),
            group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            onRunning: { [host] port in
                print("listening on ws://\(host):\(port)/")
                fflush(nil)
            })
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [listener], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger))
        try await services.run()
    }
}
