import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Reporting
import Storage

/// Publishes the catalogue of a node, for nodes without a database and for those that start while it is away. All nodes
/// with a database do this, and none of them leads: a node that sees another catalogue published than the database has
/// replaces it.
///
/// Used by one task only.
final class BoardPublisher: Sendable {
    private let published: RedisCatalogue
    private let trouble: TroubleLog
    private let state = NIOLockedValueBox(State())

    private struct State {
        /// The last catalogue in its published form, so that it is not built again for each check.
        var made: Made?
        /// The tops to publish again, and when.
        var tops: [(board: Board, at: NIODeadline)] = []
        var workedAt = NIODeadline.now()
    }

    private struct Made {
        let list: BoardList
        let actions: [String: Action]
        let published: (boards: PublishedBoards, actions: PublishedActions)

        var tags: RedisCatalogue.Tags {
            RedisCatalogue.Tags(boards: published.boards.tag, actions: published.actions.tag)
        }
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

    /// Publishes the catalogue if another one is published.
    func publish(_ catalogue: CatalogueFollower) async {
        guard let known = catalogue.current else { return }
        do throws(StoreError) {
            let seen = try await published.tags()
            if seen != made(known).tags { try await replace(seen, catalogue) }
            try await tellTops()
            state.withLockedValue { $0.workedAt = .now() }
            trouble.recordSuccess()
        } catch {
            if .now() - state.withLockedValue({ $0.workedAt }) >= Self.patience { trouble.recordFailure(error) }
        }
    }

    private func replace(_ seen: RedisCatalogue.Tags, _ catalogue: CatalogueFollower) async throws(StoreError) {
        // Another node may have published newer boards than this node knows. Boards loaded now are at least as new as
        // those that were seen. If a third node publishes in the meantime, `seen` is outdated and nothing is replaced.
        do {
            try await catalogue.reload()
        } catch {
            return  // `CatalogueFollower` reports the database's failures.
        }
        guard let known = catalogue.current else { return }
        let new = made(known)
        guard seen != new.tags else { return }
        // Unreadable boards are replaced like any others.
        let old = try? await published.read()?.boards
        let (boards, actions) = new.published
        guard try await published.publish(boards, actions, inPlaceOf: seen.boards), let old else { return }
        let at = NIODeadline.now() + Self.topDelay
        state.withLockedValue { $0.tops += old.boardsWithAnotherTop(in: new.list).map { ($0, at) } }
    }

    private func tellTops() async throws(StoreError) {
        let due = state.withLockedValue { state in
            let now = NIODeadline.now()
            defer { state.tops.removeAll { $0.at <= now } }
            return state.tops.filter { $0.at <= now }.map(\.board)
        }
        for board in due { try await published.tellTops(of: board) }
    }

    private func made(_ catalogue: Catalogue) -> Made {
        let list = catalogue.boardList
        return state.withLockedValue { state in
            if let made = state.made, made.list == list, made.actions == catalogue.actions { return made }
            let made = Made(
                list: list, actions: catalogue.actions,
                published: (PublishedBoards(list), PublishedActions(catalogue)))
            state.made = made
            return made
        }
    }
}
