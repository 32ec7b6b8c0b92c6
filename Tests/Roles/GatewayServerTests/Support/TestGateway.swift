import Access
import Dispatch
import Gateway
import Glibc
import Hummingbird
import Leaderboard
import Listener
import Logging
import MetricsTestKit
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Node
import ServiceLifecycle
import StrictJSON
import TestSupport

/// A server with a gateway on a free port.
struct TestGateway: Sendable {
    var port: Int
    var gateway: Gateway
    var store: TestStore
    var metrics: TestMetrics
    private var group: ServiceGroup

    private struct Context: RemoteAddressRequestContext {
        var coreContext: CoreRequestContextStorage
        let remoteAddress: SocketAddress?

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            remoteAddress = source.channel.remoteAddress
        }
    }

    /// Some tests have more than a thousand sockets, each with both ends in this process.
    private static let hasOpenFiles: Void = OpenFiles.raiseLimit(
        logger: quietLogger)

    /// Boards: `global`, `other`, `wide` with a top of 100, and `secret`, which is private.
    static let boards = [
        "global": Board.global, "other": Board(id: "other"), "wide": Board(id: "wide", top: 100),
        "secret": Board(id: "secret", visibility: .private),
    ]
    /// The time of the gateway's clock.
    static let now: Int64 = 1_790_000_000_000

    /// Runs `body` against a new gateway, on a thread of its own, since it blocks.
    ///
    /// - Parameters:
    ///   - logger: gets all log entries of the server.
    ///   - tokens: makes the verifiers of tokens for the server's event loops.
    ///   - feed: makes a feed to use instead of `store`.
    ///   - reader: makes a reader to use instead of `store`.
    static func run(
        _ configure: (inout GatewayConfiguration) -> Void = { _ in },
        logger: Logger = quietLogger,
        tokens: (any EventLoopGroup) -> TokenVerifiers? = { _ in nil },
        feed: () -> (any TopFeed)? = { nil },
        reader: () -> (any LeaderboardReader)? = { nil },
        _ body: @escaping @Sendable (TestGateway) throws -> Void
    ) async throws {
        _ = hasOpenFiles
        var configuration = GatewayConfiguration(boards: TestBoards(boards), now: { now })
        configuration.settings.fanoutInterval = .zero
        // This is long enough to have no effect on tests that are not about it.
        configuration.settings.comparison = .seconds(3_600)
        // On a busy machine a loop can be late at any moment, and would skip versions.
        configuration.settings.lateAge = .seconds(60)
        configure(&configuration)
        let store = TestStore()
        let metrics = TestMetrics()
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        if let tokens = tokens(loops) { configuration.tokens = tokens }
        let gateway = Gateway(
            configuration: configuration, feed: feed() ?? store, reader: reader() ?? store, eventLoopGroup: loops,
            logger: logger, metrics: metrics)
        let routes = FrontRoutes(upgrade: gateway.upgradeRoutes)
        let router = Router(context: Context.self)
        var table = RouteTable()
        addPageRoutes(to: &table)
        table.install(
            on: router,
            authenticator: RequestAuthenticator(
                tokens: TokenVerifiers(verifier: nil, group: loops, now: { now }), addressLimit: nil,
                isTrustedProxy: nil, group: loops), audit: NoAuditLog())
        let (ports, found) = AsyncStream<Int>.makeStream()
        let listener = HTTPListener(
            host: "127.0.0.1", port: 0, routes: routes, responder: router.buildResponder(), group: loops,
            logger: logger,
            onRunning: { found.yield($0) })
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [gateway, listener], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            for await port in ports {
                let server = TestGateway(port: port, gateway: gateway, store: store, metrics: metrics, group: services)
                let result = try await onThread { Result { try body(server) } }
                await services.triggerGracefulShutdown()
                try result.get()
                break
            }
            try await tasks.waitForAll()
        }
        try await loops.shutdownGracefully()
    }

    /// The total of a counter of the gateway, such as `frames_sent`.
    func count(_ name: String, _ dimensions: [(String, String)] = []) throws -> Int64 {
        try metrics.expectCounter("scorecast_gateway_\(name)_total", dimensions).totalValue
    }

    /// Asks the whole server to end, as SIGTERM does.
    func shutDown() {
        let group = group
        Task { await group.triggerGracefulShutdown() }
    }
}

/// A snapshot or an update.
struct Standings: Equatable {
    var type: String
    var board: String
    var epoch: String
    var version: Int64
    var entries: Int
}

extension TestWebSocket {
    /// The next text message as JSON.
    func receiveJSON() throws -> JSONValue { try JSONValue(Array(receiveText().utf8)) }

    /// The next text message, which must be a snapshot or an update.
    func receiveStandings() throws -> Standings {
        let json = try receiveJSON()
        guard let type = json["type"]?.string, let board = json["board"]?.string, let epoch = json["epoch"]?.string,
            let version = json["version"]?.integer, let entries = json["entries"]?.array
        else { throw TestConnection.Failure(call: "no standings: \(json)", code: 0) }
        return Standings(type: type, board: board, epoch: epoch, version: version, entries: entries.count)
    }

    /// Reads standings until one has this version, and returns all of them.
    func receiveStandings(through version: Int64) throws -> [Standings] {
        var all: [Standings] = []
        repeat { all.append(try receiveStandings()) } while all.last?.version != version
        return all
    }

    /// Reads until the close frame, and returns its code.
    func receiveClose() throws -> UInt16? {
        while true {
            switch try receive() {
            case .close(let code): return code
            case .end: throw TestConnection.Failure(call: "the stream ended without a close frame", code: 0)
            default: continue
            }
        }
    }

    /// Whether nothing comes for this number of ms.
    func isSilent(milliseconds: Int) throws -> Bool {
        let patience = patienceMilliseconds
        defer { patienceMilliseconds = patience }
        patienceMilliseconds = milliseconds
        do {
            _ = try receive()
            return false
        } catch is Silence {
            return true
        }
    }
}

/// The time that a busy machine may add to a required time, in ms.
let machineSlackMilliseconds: UInt64 = 1_000
