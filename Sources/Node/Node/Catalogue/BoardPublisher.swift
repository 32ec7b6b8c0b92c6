import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Reporting
import Storage

/// Publishes the boards of a node's catalogue, for nodes without a database. All nodes with a database do this, and
/// none of them leads: a node that sees other boards published than the database has replaces them.
///
/// Used by one task only.
final class BoardPublisher: Sendable {
    private let published: RedisCatalogue
    private let trouble: TroubleLog
    private let state = NIOLockedValueBox(State())

    private struct State {
        /// The last boards and their published form, so that it is not built again for each check.
        var made: (list: BoardList, published: PublishedBoards)?
        /// The tops to publish again, and when.
        var tops: [(board: Board, at: NIODeadline)] = []
        var workedAt = NIODeadline.now()
    }

    /// After this time every node with a database has loaded a change and publishes tops of the new size.
    private static let topDelay = TimeAmount.seconds(1)
    /// Shorter problems are not logged: a node that starts has no connection at first.
    private static let patience = TimeAmount.seconds(3)

    init(published: RedisCatalogue, logger: Logger) {
        self.published = published
        trouble = TroubleLog(
            warning: "The boards cannot be published in Redis, gateways keep those that they know",
            notice: "The boards can be published in Redis again", logger: logger)
    }

    /// Publishes the boards of the catalogue if others are published.
    func publish(_ catalogue: CatalogueFollower) async {
        guard let list = catalogue.current?.boardList else { return }
        do throws(StoreError) {
            let seen = try await published.tag()
            if seen != made(list).tag { try await replace(seen, catalogue) }
            try await tellTops()
            state.withLockedValue { $0.workedAt = .now() }
            trouble.recordSuccess()
        } catch {
            if .now() - state.withLockedValue({ $0.workedAt }) >= Self.patience { trouble.recordFailure(error) }
        }
    }

    private func replace(_ seen: String?, _ catalogue: CatalogueFollower) async throws(StoreError) {
        // Another node may have published newer boards than this node knows. Boards loaded now are at least as new as
        // those that were seen. If a third node publishes in the meantime, `seen` is outdated and nothing is replaced.
        do {
            try await catalogue.reload()
        } catch {
            return  // `CatalogueFollower` reports the database's failures.
        }
        guard let list = catalogue.current?.boardList else { return }
        let new = made(list)
        guard seen != new.tag else { return }
        // Unreadable boards are replaced like any others.
        let old = try? await published.read()?.boards
        guard try await published.publish(new, inPlaceOf: seen), let old else { return }
        let at = NIODeadline.now() + Self.topDelay
        state.withLockedValue { $0.tops += old.boardsWithAnotherTop(in: list).map { ($0, at) } }
    }

    private func tellTops() async throws(StoreError) {
        let due = state.withLockedValue { state in
            let now = NIODeadline.now()
            defer { state.tops.removeAll { $0.at <= now } }
            return state.tops.filter { $0.at <= now }.map(\.board)
        }
        for board in due { try await published.tellTops(of: board) }
    }

    private func made(_ list: BoardList) -> PublishedBoards {
        state.withLockedValue { state in
            if let made = state.made, made.list == list { return made.published }
            let published = PublishedBoards(list)
            state.made = (list, published)
            return published
        }
    }
}
