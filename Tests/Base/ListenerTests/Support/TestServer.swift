import Dispatch
import Glibc
import Hummingbird
import Listener
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import TestSupport

/// A server on a free port: a listener with a few fast routes, and with a few routes of Hummingbird.
struct TestServer: Sendable {
    var port: Int
    let later = LaterRoute()
    let up = UpRoute()
    let gate = Gate()
    /// The bodies that Hummingbird's routes read, or `failed` for each body that was cut off.
    let bodies = NIOLockedValueBox<[String]>([])
    /// A service that requests need. It must not end before the listener has finished all requests.
    let need = Need()
    private let group: NIOLockedValueBox<ServiceGroup?> = .init(nil)

    private struct RouteFailure: Error {}

    /// A service that does nothing.
    final class Need: Service {
        let hasEnded = NIOLockedValueBox(false)

        func run() async throws {
            try? await gracefulShutdown()
            hasEnded.withLockedValue { $0 = true }
        }
    }

    /// Runs `body` against a new server. `body` blocks, so it gets its own thread.
    ///
    /// - Parameters:
    ///   - limits: changes the limits.
    ///   - cancels: whether the server is cancelled at the end, instead of being asked to shut down.
    static func run(
        limits change: (inout ListenerLimits) -> Void = { _ in }, cancels: Bool = false,
        _ body: @escaping @Sendable (TestServer) throws -> Void
    ) async throws {
        var limits = ListenerLimits()
        change(&limits)
        var server = TestServer(port: 0)
        var routes = FrontRoutes(fast: [EchoRoute(), server.later], upgrade: [server.up], limits: limits)
        routes.literalPaths = ["/goodbye"]
        routes.pathPrefix = "/api"
        routes.sharedFields = { head in [("X-Shared", head?.uri ?? "none")] }
        let (ports, found) = AsyncStream<Int>.makeStream()
        let logger = quietLogger
        let listener = HTTPListener(
            host: "127.0.0.1", port: 0, routes: routes, responder: server.router().buildResponder(),
            group: MultiThreadedEventLoopGroup.singleton, logger: logger, onRunning: { found.yield($0) })
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server.need, listener], logger: logger))
        server.group.withLockedValue { $0 = services }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            for await port in ports {
                server.port = port
                let running = server
                let result = try await onThread { Result { try body(running) } }
                server.gate.open()
                server.later.answerAll()
                server.up.decideAll()
                if cancels { tasks.cancelAll() } else { await services.triggerGracefulShutdown() }
                try result.get()
                break
            }
            do { try await tasks.waitForAll() } catch is CancellationError {}
        }
    }

    /// Asks the server to stop, as SIGTERM would.
    func shutDown() {
        let group = group.withLockedValue { $0 }
        Task { await group?.triggerGracefulShutdown() }
    }

    /// The file descriptor of the socket that the server listens on.
    func listeningSocket() throws -> Int32 {
        for number in 0..<Int32(65_536) {
            var (accepts, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
            guard getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0, accepts == 1 else { continue }
            var (address, addressLength) = ([UInt8](repeating: 0, count: 128), socklen_t(128))
            let result = address.withUnsafeMutableBytes {
                $0.withMemoryRebound(to: sockaddr.self) { getsockname(number, $0.baseAddress, &addressLength) }
            }
            // A `sockaddr_in` begins with the family. The port follows in network byte order.
            if result == 0, Int(address[2]) << 8 | Int(address[3]) == port { return number }
        }
        throw TestClient.Failure(call: "nobody listens")
    }

    /// Runs another listener on the same port, until it ends.
    func runAnother() throws {
        let listener = HTTPListener(
            host: "127.0.0.1", port: port, routes: FrontRoutes(), responder: Router().buildResponder(),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: quietLogger)
        let (ended, result) = (DispatchSemaphore(value: 0), NIOLockedValueBox<Result<Void, any Error>?>(nil))
        Task {
            do {
                try await listener.run()
                result.withLockedValue { $0 = .success(()) }
            } catch {
                result.withLockedValue { $0 = .failure(error) }
            }
            ended.signal()
        }
        guard ended.wait(timeout: .now() + 10) == .success else { return }
        try result.withLockedValue { $0 }?.get()
    }

    func connect(receiveBytes: Int32? = nil) throws -> TestClient {
        try TestClient(port: port, receiveBytes: receiveBytes)
    }

    // MARK: Hummingbird's routes

    private func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("hello") { _, _ in "hello" }
        router.get("slow") { [gate] request, _ in
            await gate.pass()
            return "slow \(request.uri.query ?? "")"
        }
        router.post("echo") { [bodies] request, _ in
            do {
                let body = String(buffer: try await request.body.collect(upTo: 1 << 20))
                bodies.withLockedValue { $0.append(body) }
                return body
            } catch {
                bodies.withLockedValue { $0.append("failed") }
                throw error
            }
        }
        router.post("early") { _, _ in "early" }
        router.get("throws") { _, _ -> String in throw RouteFailure() }
        router.get("breaks") { _, _ in
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "half"))
                    throw RouteFailure()
                })
        }
        router.get("stream") { _, _ in
            Response(
                status: .ok,
                body: .init { writer in
                    for part in ["one ", "two ", "three"] { try await writer.write(ByteBuffer(string: part)) }
                    try await writer.finish(nil)
                })
        }
        router.head("chunks") { _, _ in
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "none of this"))
                    try await writer.finish(nil)
                })
        }
        router.get("big") { _, _ in
            Response(
                status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: UInt8(ascii: "x"), count: Self.bigBytes)))
        }
        router.get("goodbye") { _, _ in
            Response(status: .ok, headers: [.connection: "close"], body: .init(byteBuffer: ByteBuffer(string: "bye")))
        }
        return router
    }

    /// The length of the response to `GET /big`: more than the kernel's buffers hold.
    static let bigBytes = 16 << 20
}
