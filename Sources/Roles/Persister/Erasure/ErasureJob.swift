import Basics
import Leaderboard
import Logging
import Reporting
import ServiceLifecycle

/// Carries the deletions of users to their ends. On several nodes, the one that holds the lease does it.
/// `docs/adr/0032` has the steps.
public struct ErasureJob: Service {
    private let store: any ErasureStore
    private let hub: any ErasureHub
    private let outbox: any Outbox
    private let ledger: any LedgerReader
    private let catalogue: any CatalogueStore
    private let receiptLifetimeMilliseconds: Int64
    private let logger: Logger
    private let metrics = ErasureMetrics()
    private let failed: TroubleLog

    private static let backoff = Backoff(base: .milliseconds(250), cap: .seconds(10))
    /// Between two rounds. While deletions wait for the ledger, the shorter one.
    private static let interval = Duration.seconds(1)
    private static let busyInterval = Duration.milliseconds(200)
    /// The most deletions of one round.
    private static let deletionsMax = 200

    /// - Parameters:
    ///   - store: the deletions.
    ///   - hub: the rankings.
    ///   - outbox: the states of the partitions.
    ///   - ledger: how far the ledger has come.
    ///   - catalogue: the stored boards.
    ///   - receiptLifetimeMilliseconds: how long receipts are kept after the issue of an action id.
    public init(
        store: any ErasureStore, hub: any ErasureHub, outbox: any Outbox, ledger: any LedgerReader,
        catalogue: any CatalogueStore, receiptLifetimeMilliseconds: Int64, logger: Logger
    ) {
        self.store = store
        self.hub = hub
        self.outbox = outbox
        self.ledger = ledger
        self.catalogue = catalogue
        self.receiptLifetimeMilliseconds = receiptLifetimeMilliseconds
        self.logger = logger
        failed = TroubleLog(
            warning: "The deletion of a user could not go on, will try again",
            notice: "The deletions of users go on again", logger: logger)
    }

    /// Works until graceful shutdown or cancellation. The next node, or the next start, goes on.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                do throws(StoreError) {
                    let isBusy = try await round()
                    failed.recordSuccess()
                    failures = 0
                    try? await Task.sleep(for: isBusy ? Self.busyInterval : Self.interval)
                } catch {
                    guard !Task.isCancelled else { return }
                    failures += 1
                    metrics.recordFailure()
                    failed.recordFailure(error)
                    try? await Task.sleep(for: Self.backoff.wait(failures: failures))
                }
            }
        }
    }

    /// Does what can be done now. Returns whether deletions wait for the ledger.
    ///
    /// - Throws: the first failure, after all deletions were tried.
    @discardableResult
    package func round() async throws(StoreError) -> Bool {
        guard try await store.acquireLease() else {
            metrics.rest()
            return false
        }
        var failure: StoreError?
        var isBusy = false
        let due = try await store.due(lifetime: receiptLifetimeMilliseconds, limit: Self.deletionsMax)
        if !due.isEmpty {
            let catalogue = try await catalogue.load()
            for erasure in due {
                do throws(StoreError) {
                    let waits = try await go(on: erasure, catalogue)
                    isBusy = isBusy || waits
                } catch {
                    // A closed partition is not a failure: the deletion waits for its rebuild.
                    if error.kind != .closed { failure = failure ?? error }
                }
            }
        }
        let backlog = try await store.backlog()
        metrics.record(waiting: backlog.count, oldestSeconds: backlog.oldestSeconds)
        if let failure { throw failure }
        return isBusy
    }

    /// Goes on with one deletion as far as possible. Returns whether it waits for the ledger.
    private func go(on erasure: Erasure, _ catalogue: Catalogue) async throws(StoreError) -> Bool {
        var erasure = erasure
        if erasure.state == .scores {
            guard try await takeOff(erasure, catalogue) else { return true }
            guard try await store.advance(erasure, to: .names) else { return true }
            erasure.state = .names
        }
        if erasure.state == .names {
            guard try await rename(erasure, catalogue) else { return false }
            _ = try await store.advance(erasure, to: .signatures)
            return false
        }
        // What came late is renamed, too.
        guard try await rename(erasure, catalogue),
            try await store.strip(erasure, lifetime: receiptLifetimeMilliseconds),
            try await store.finish(erasure)
        else { return false }
        metrics.recordEnd()
        logger.info("Deleted a user", metadata: ["pseudonym": "\(erasure.pseudonym)"])
        return false
    }

    // MARK: Scores

    /// Takes the scores off all boards. Returns whether the ledger has followed.
    private func takeOff(_ erasure: Erasure, _ catalogue: Catalogue) async throws(StoreError) -> Bool {
        let known = Set(try await store.boards(of: erasure).map(\.board))
        let missing = catalogue.boards.values.filter { !known.contains($0.id) }.sorted { $0.id < $1.id }
        let store = store
        try await ErasurePass(store: store, hub: hub).run(erasure, boards: missing) { () async throws(StoreError) in
            try await store.acquireLease()
        }
        // A board that this version cannot run keeps its scores until another version takes them off.
        let leftOut = catalogue.leftOut.map(\.id).filter { !known.contains($0) }
        if !leftOut.isEmpty, try await !store.boardsWithRows(of: erasure, among: leftOut).isEmpty {
            throw StoreError(.corrupt, "a user cannot be deleted from boards that this version cannot run")
        }
        return try await isWritten(erasure)
    }

    /// Whether the ledger has all that took place until the user's life ended on each board. What Redis has lost before
    /// the ledger had it is forgotten, and done again.
    private func isWritten(_ erasure: Erasure) async throws(StoreError) -> Bool {
        let boards = try await store.boards(of: erasure)
        let positions = try await ledger.positions()
        let states = try await outbox.states()
        let written = try await store.written(boards, of: erasure)
        var isWhole = true
        var lost: [String] = []
        for board in boards {
            if positions[board.partition]?.seq ?? 0 >= board.seq {
                if !written.contains(board.board) { lost.append(board.board) }
            } else {
                isWhole = false
                let state = states[board.partition]
                if let epoch = state.epoch, epoch != board.epoch || state.seq < board.seq { lost.append(board.board) }
            }
        }
        try await store.forget(lost, of: erasure)
        return isWhole && lost.isEmpty
    }

    // MARK: Names

    private func rename(_ erasure: Erasure, _ catalogue: Catalogue) async throws(StoreError) -> Bool {
        guard try await store.rename(erasure) else { return false }
        // After the archives: a rebuild reads the tops of seasons from there.
        for end in try await store.boards(of: erasure) {
            guard let board = catalogue.boards[end.board] else { continue }
            try await hub.rename(erasure, on: board, upTo: end)
        }
        return true
    }
}
