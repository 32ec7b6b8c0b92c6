import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import Reporting
import ServiceLifecycle

/// Keeps the catalogue in memory and follows its changes, by asking for the revision twice a second. While the store is away the
/// last catalogue stays in force.
public final class CatalogueFollower: Service {
    private let store: any CatalogueStore
    private let trouble: TroubleLog
    private let held = NIOLockedValueBox<Catalogue?>(nil)
    private let loads = Counter(label: "scorecast_catalogue_loads_total")
    private let errors = Counter(label: "scorecast_catalogue_errors_total")
    private let stale = Gauge(label: "scorecast_catalogue_stale")

    /// How long to wait between two looks at the revision, in ms; a fifth of it is jitter.
    private static let intervalMilliseconds = 400.0

    /// - Parameter store: where the catalogue is kept.
    public init(store: any CatalogueStore, logger: Logger) {
        self.store = store
        trouble = TroubleLog(
            warning: "The catalogue cannot be read, the last one stays in force",
            notice: "The catalogue can be read again", logger: logger)
    }

    /// The catalogue of the moment; nil before the first load.
    public var current: Catalogue? { held.withLockedValue { $0 } }

    /// Whether the catalogue was ever loaded.
    public var isLoaded: Bool { current != nil }

    /// Loads the catalogue now, so that a change made through this node holds on it at once.
    public func reload() async throws(StoreError) {
        let new = try await store.load()
        held.withLockedValue { held in
            // Two loads can cross; the newer one stays.
            if let old = held, old.revision > new.revision { return }
            held = new
        }
        loads.increment()
    }

    /// Follows until shutdown.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                if try await isOutdated() { try await reload() }
                trouble.worked()
                stale.record(0)
            } catch {
                errors.increment()
                trouble.failed(error)
                stale.record(1)
            }
            let wait = Duration.milliseconds(Int64(Self.intervalMilliseconds * Double.random(in: 0.8...1.2)))
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// A change or a reading for an administrator failed.
    func failed(_ error: StoreError) { trouble.failed(error) }

    private func isOutdated() async throws(StoreError) -> Bool {
        guard let known = held.withLockedValue({ $0?.revision }) else { return true }
        return try await store.revision() != known
    }
}
