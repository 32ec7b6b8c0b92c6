// An echo on the WebSocket pipeline of the gateway, for conformance suites:
//
//     ws-echo --port 9001 [--host 127.0.0.1] [--max-message 16777216]
//
// It is not part of a release.

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

@main enum WSEcho {
    static func main() async throws {
        guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
            print("usage: ws-echo --port N [--host 127.0.0.1] [--max-message 16777216]")
            exit(64)
        }
        let limits = InboundFrames.Limits(messageBytesMax: arguments.messageBytesMax, framesPerMessageMax: 1 << 20)
        let routes = FrontRoutes(upgrade: [EchoRoute(limits: limits)])
        let logger = Logger(label: "ws-echo", factory: { _ in SwiftLogNoOpLogHandler() })
        let listener = HTTPListener(
            host: arguments.host, port: arguments.port, routes: routes, responder: Router().buildResponder(),
            group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            onRunning: { port in
                print("listening on ws://\(arguments.host):\(port)/")
                fflush(nil)
            })
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [listener], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger))
        try await services.run()
    }
}
