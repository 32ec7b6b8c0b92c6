import Leaderboard
import Synchronization

/// A catalogue that a test sets.
final class HeldCatalogue: CatalogueSource {
    private let held = Mutex<(now: Catalogue, next: Catalogue?, reloads: Int)>((Catalogue(), nil, 0))

    var current: Catalogue? { held.withLock { $0.now } }

    /// How often it was loaded.
    var reloads: Int { held.withLock { $0.reloads } }

    /// Replaces the boards.
    func set(_ boards: Board...) { held.withLock { $0.now = Self.catalogue(boards) } }

    /// Replaces the boards with the next load.
    func setStored(_ boards: Board...) { held.withLock { $0.next = Self.catalogue(boards) } }

    func reload() async throws(StoreError) {
        held.withLock { held in
            held.reloads += 1
            held.now = held.next ?? held.now
        }
    }

    func recordFailure(_ error: StoreError) {}

    private static func catalogue(_ boards: [Board]) -> Catalogue {
        Catalogue(boards: Dictionary(boards.map { ($0.id, $0) }, uniquingKeysWith: { $1 }))
    }
}
