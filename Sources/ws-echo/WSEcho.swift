// An echo on the gateway's WebSocket pipeline, for conformance suites:
//
//     ws-echo --port 9001 [--host 127.0.0.1] [--max-message 16777216]
//
// It is no part of a release.

import Gateway
import Glibc
import Hummingbird
import Listener
import Logging
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// What the command line says.
struct Arguments {
    var host = "127.0.0.1"
    var port = 9001
    var messageBytesMax = 16 * 1024 * 1024
    /// Bounds what `--max-message` can ask for.
    private static let messageBytesLimit = 1 << 30

    /// nil where it says anything else.
    init?(_ words: ArraySlice<String>) {
        var words = words
        while let name = words.popFirst() {
            guard let value = words.popFirst() else { return nil }
            switch (name, Int(value)) {
            case ("--host", _): host = value
            case ("--port", let number?) where (0...65535).contains(number): port = number
            case ("--max-message", let number?) where (125...Self.messageBytesLimit).contains(number):
                messageBytesMax = number
            default: return nil
            }
        }
    }
}

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
