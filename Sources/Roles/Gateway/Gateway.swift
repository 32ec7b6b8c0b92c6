// The gateway: WebSocket clients, the rooms they follow, and the way of a new version from the feed to their sockets.
//
//     TopFeed ─┐                    ┌─ LoopHub (event loop 0) ─ LoopRoom ─ SessionHandler, SessionHandler, …
//              ├─▶ WatchedWindows ──┤
//     reader ──┘   (home loop)      └─ LoopHub (event loop 1) ─ …
//
// `WatchedWindows` decides which top is current and how often it is pushed, once for the node; a push crosses to each
// loop once and is the same buffer for every socket. Start with `WatchedWindows`, then `LoopHub`, then
// `SessionHandler`.

import Access
import Basics
import EventLoops
import HTTPKit
import Leaderboard
import Listener
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import Signing
import WebSocket

/// A node's gateway. Its routes go to the listener of the same event loop group.
public final class Gateway: Service {
    /// Tells whether the gateway can do its job now.
    public let readiness: GatewayReadiness
    /// The routes of WebSockets and event streams, for `FrontRoutes.upgrade`.
    public let upgradeRoutes: [any UpgradeRoute]
    private let status: NodeStatus
    private let watchedWindows: LoopReference<WatchedWindows>
    private let desk: LoopReference<LiveDesk>?
    private let configuration: GatewayConfiguration
    private let hubs: LoopLocal<LoopHub>
    private let logger: Logger

    /// A gateway that serves connections of `eventLoopGroup`.
    ///
    /// - Parameters:
    ///   - configuration: limits, times and the boards that exist.
    ///   - feed: tells of new versions.
    ///   - reader: reads the current tops.
    ///   - eventLoopGroup: the listener's own, with at least one loop.
    ///   - logger: for operators.
    ///   - metrics: makes the gateway's counters.
    public init(
        configuration: GatewayConfiguration, feed: any TopFeed, reader: any LeaderboardReader,
        eventLoopGroup: any EventLoopGroup, logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        let settings = configuration.settings
        let status = NodeStatus(
            connectionsMax: settings.connectionsMax, addresses: settings.clientQuotas,
            messages: settings.messageRate.map { SharedRate($0) }, metrics: GatewayMetrics(factory: metrics))
        let resolver = RoomResolver(boards: configuration.boards)
        let home = eventLoopGroup.next()
        let watchedWindows = LoopReference(
            WatchedWindows(
                home: home, settings: settings, boards: configuration.boards, feed: feed, reader: reader,
                status: status, logger: logger),
            on: home)
        let loops = eventLoopGroup.makeIterator().reduce(0) { count, _ in count + 1 }
        let desk = configuration.line.map { line in
            LoopReference(
                LiveDesk(home: home, line: line, boards: configuration.boards, metrics: status.metrics), on: home)
        }
        let hubSettings = LoopHub.Settings(configuration, resolver: resolver, loops: loops)
        var index = 0
        let hubs = LoopLocal(eventLoopGroup.makeIterator()) { loop in
            defer { index += 1 }
            let ranks = LoopRanks(
                eventLoop: loop, index: index, desk: desk, reader: reader, boards: configuration.boards)
            return LoopHub(
                eventLoop: loop, index: index, settings: hubSettings, status: status, watchedWindows: watchedWindows,
                live: LoopLive(eventLoop: loop, index: index, desk: desk, now: configuration.now, ranks: ranks))
        }
        desk?.execute { $0.serve(hubs.references) }
        watchedWindows.execute { $0.serve(hubs.references) }
        configuration.boards.follow {
            for hub in hubs.references { hub.execute { $0.applyBoards() } }
            watchedWindows.execute { $0.applyBoards() }
        }
        self.configuration = configuration
        self.status = status
        self.watchedWindows = watchedWindows
        self.desk = desk
        self.hubs = hubs
        self.logger = logger
        readiness = GatewayReadiness(
            status: status, boards: configuration.boards, feed: feed, canary: configuration.canary)
        let admissions = ConnectionAdmission(
            status: status, hubs: hubs, finder: ClientAddressFinder(isTrustedProxy: configuration.isTrustedProxy))
        let paths: [StaticString] = ["/ws/scoreboard", "/ws"]
        let webSockets: [any UpgradeRoute] = paths.map { path in
            WebSocketRoute(
                check: HandshakeCheck(origins: OriginPolicy(allowed: configuration.allowedOrigins)), rooms: resolver,
                admissions: admissions, compresses: settings.compression, path: path)
        }
        upgradeRoutes =
            webSockets + [
                EventStreamRoute(
                    rooms: resolver, cors: OriginPolicy(allowed: configuration.allowedOrigins), admissions: admissions)
            ]
    }

    /// The watchers of both routes: everybody, and for private boards bearers that may read scores.
    static let access = RouteAccess.viewers(.scoresRead)
    /// Bearers who may be in challenge rooms and get messages: those whom the routes of play let in.
    static let playAccess = RouteAccess.users(.playWrite)

    /// Lists the upgrade routes.
    package func listRoutes(in table: inout RouteTable) {
        for route in upgradeRoutes { table.listUpgrade(route.template, Self.access) }
    }

    /// WebSockets and event streams open now.
    public var connections: Int { status.connections }

    /// Looks after the feed until the service group shuts down, then sends the clients away.
    public func run() async throws {
        watchedWindows.execute { [configuration] watchedWindows in
            watchedWindows.watchFeed(proof: configuration.canary, wallClock: configuration.now)
        }
        try? await gracefulShutdown()
        await drain()
        watchedWindows.execute { $0.stop() }
        desk?.execute { $0.stop() }
    }

    /// Takes no more clients, tells those that are here when to come back, and closes their connections, paced.
    ///
    /// Returns when all are gone, at the latest after the drain's limit. The listener's own graceful shutdown leads
    /// to the same, also without this call.
    public func drain() async {
        logger.info("gateway draining", metadata: ["connections": "\(connections)"])
        status.beginDraining()
        let ended = hubs.references.map { hub in hub.eventLoop.flatSubmit { hub.value.drain() } }
        for loop in ended { try? await loop.get() }
        logger.info("gateway drained", metadata: ["connections": "\(connections)"])
    }
}

extension GatewaySettings {
    /// The limits of each client address; nil if nothing is limited.
    fileprivate var clientQuotas: ClientQuotas? {
        let limits = ClientQuotas.Limits(
            addressConnectionsMax: addressConnectionsMax, addressJoinRate: addressJoinRate,
            addressMessageRate: addressMessageRate)
        return limits.isEmpty ? nil : ClientQuotas(limits)
    }
}
