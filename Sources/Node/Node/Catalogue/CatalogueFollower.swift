import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import NIOCore
import Reporting
import ServiceLifecycle
import Storage

/// Keeps the catalogue of the database in memory, and publishes it in Redis. It learns of changes by asking for the
/// revision twice a second. While the database is unavailable, the last catalogue stays in force: the one that this
/// node had, or the published one, if that is newer or the node has just started.
public final class CatalogueFollower: CatalogueSource, Service {
    private let store: any CatalogueStore
    private let published: RedisCatalogue
    private let mayPublish: @Sendable () -> Bool
    private let publisher: BoardPublisher
    private let logger: Logger
    private let trouble: TroubleLog
    private let held = NIOLockedValueBox<Catalogue?>(nil)
    private let lastTrouble = NIOLockedValueBox<StoreError.Trouble?>(nil)
    private let loads = Counter(label: "scorecast_catalogue_loads_total")
    private let errors = Counter(label: "scorecast_catalogue_errors_total")
    private let stale = Gauge(label: "scorecast_catalogue_stale")
    private let leftOut = Gauge(label: "scorecast_catalogue_boards_left_out")

    /// The average time between two checks of the revision, in ms, with a jitter of ±20 %.
    private static let intervalMilliseconds = 400.0
    /// After this time the catalogue is loaded even if the revision is the same: a restored database can reach the same
    /// revision with another catalogue.
    private static let reloadInterval = TimeAmount.seconds(10)
    /// The most boards that one line of the log names.
    private static let namedMax = 16

    /// - Parameters:
    ///   - store: the stored catalogue.
    ///   - published: publishes the catalogue.
    ///   - mayPublish: whether the database has said that this Redis belongs to it.
    public init(
        store: any CatalogueStore, published: RedisCatalogue, logger: Logger,
        mayPublish: @escaping @Sendable () -> Bool = { true }
    ) {
        self.store = store
        self.published = published
        self.mayPublish = mayPublish
        self.logger = logger
        publisher = BoardPublisher(published: published, logger: logger)
        trouble = TroubleLog(
            warning: "The catalogue cannot be read, the last one stays in force",
            notice: "The catalogue can be read again", logger: logger)
    }

    /// The current catalogue; nil before the first load.
    public var current: Catalogue? { held.withLockedValue { $0 } }

    /// Whether the catalogue has been loaded at least once.
    public var isLoaded: Bool { current != nil }

    /// Why there is no catalogue yet; nil once there is one.
    public var whyNotLoaded: String? {
        isLoaded ? nil : lastTrouble.withLockedValue { $0 }?.rawValue ?? "no catalogue yet"
    }

    /// Loads the catalogue now, so that a change made through this node takes effect on it at once.
    public func reload() async throws(StoreError) {
        let before = current?.revision
        let new = try await store.load()
        held.withLockedValue { held in
            // If two loads overlap, the newer catalogue stays. A lower revision without an overlap means that the
            // database was restored.
            if let old = held, old.revision > new.revision, old.revision != before { return }
            held = new
        }
        loads.increment()
        leftOut.record(new.leftOut.count)
    }

    /// See `CatalogueSource`.
    public func recordFailure(_ error: StoreError) { trouble.recordFailure(error) }

    /// Follows the catalogue until shutdown.
    public func run() async throws {
        var loadedAt = NIODeadline.distantPast
        var told: [LeftOutBoard] = []
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) {
                if try await isOutdated(loadedAt: loadedAt) {
                    try await reload()
                    loadedAt = .now()
                }
                trouble.recordSuccess()
                stale.record(0)
            } catch {
                loadedAt = .distantPast
                lastTrouble.withLockedValue { $0 = error.trouble }
                errors.increment()
                trouble.recordFailure(error)
                stale.record(1)
                await takePublished()
            }
            tell(&told)
            if mayPublish() { await publisher.publish(self) }
            let wait = Duration.milliseconds(Int64(Self.intervalMilliseconds * Double.random(in: 0.8...1.2)))
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// Takes the published catalogue, unless this node has a newer one.
    private func takePublished() async {
        // Without a usable one, `whyNotLoaded` names the database, which is what has to be mended.
        guard let found = try? await published.readCatalogue() else { return }
        let isTaken = held.withLockedValue { held in
            if let held, held.revision >= found.revision { return false }
            held = found
            return true
        }
        guard isTaken else { return }
        logger.notice(
            "The catalogue was read from Redis, since the database cannot be reached",
            metadata: [
                "revision": "\(found.revision)", "boards": "\(found.boards.count)",
                "actions": "\(found.actions.count)",
            ])
    }

    private func isOutdated(loadedAt: NIODeadline) async throws(StoreError) -> Bool {
        guard let known = current?.revision, .now() - loadedAt < Self.reloadInterval else { return true }
        return try await store.revision() != known
    }

    /// Logs the boards that are left out, once for each set of them.
    private func tell(_ told: inout [LeftOutBoard]) {
        guard let leftOut = current?.leftOut, leftOut != told else { return }
        told = leftOut
        guard !leftOut.isEmpty else { return logger.notice("All boards of the database can be run now") }
        let names = leftOut.prefix(Self.namedMax).map(\.description).joined(separator: ", ")
        logger.error(
            "Boards of the database are left out, since this version cannot run them",
            metadata: ["boards": "\(names)", "count": "\(leftOut.count)"])
    }
}
