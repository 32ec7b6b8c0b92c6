import Basics
import Crypto
import Foundation
import Leaderboard
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport

/// The real stores, as two nodes and a persister use them.
actor StoresSystem: BoardSystem {
    private let stores: [RedisScoreStore]
    private let readers: [RedisLeaderboardReader]
    private let boardStore: RedisBoardStore
    private let sealer: RedisPeriodSealer
    private let archive: PostgresArchive
    private let ledger: PostgresLedger
    private let outbox: RedisOutbox
    private let pool: PostgresPool
    private let loop: any EventLoop
    private let partitioning: Partitioning

    private var boards: [String: Board] = [:]
    private var generation: Int64 = 0
    private var reads = 0

    /// - Parameters:
    ///   - nodes: a client for each node.
    ///   - blocking: a client for the outbox.
    init(
        nodes: [RedisClient], blocking: RedisClient, pool: PostgresPool, session: PostgresPool,
        partitioning: Partitioning
    ) {
        var settings = WriteSettings(
            partitioning: partitioning, rateLimit: nil, actionMaxAge: .seconds(600), actionSkew: .seconds(30))
        // Issue times reach two hours back, and a run of full size takes longer than that.
        settings.receiptLifetimeMilliseconds = 86_400_000
        stores = nodes.map { RedisScoreStore(redis: $0, settings: settings) }
        readers = nodes.map { RedisLeaderboardReader(redis: $0, partitioning: partitioning) }
        boardStore = RedisBoardStore(redis: nodes[0], partitioning: partitioning)
        sealer = RedisPeriodSealer(redis: nodes[1], partitioning: partitioning)
        archive = PostgresArchive(pool: pool)
        ledger = PostgresLedger(session: session)
        outbox = RedisOutbox(redis: nodes[0], blocking: blocking, partitioning: partitioning)
        self.pool = pool
        self.partitioning = partitioning
        loop = nodes[0].eventLoops[0]
    }

    /// Opens the partitions, and takes their leases.
    func open() async throws {
        let opener = PartitionOpener(outbox: outbox, ledger: ledger, logger: quietLogger)
        let areOpen = try await opener.openWhatCanBe()
        let leases = try await ledger.acquireLeases(partitioning.all)
        guard areOpen, leases == Set(partitioning.all) else {
            throw StoreError(.unavailable, "the partitions cannot be opened")
        }
    }

    /// Redis runs on this machine, so it has the same clock.
    nonisolated func now() -> Int64 { WallClock.milliseconds() }

    nonisolated func pause() async throws { try await Task.sleep(for: .milliseconds(1)) }

    // MARK: - Boards

    func put(_ board: Board, emptying: Bool) async throws -> Board {
        var board = board
        if emptying {
            generation += 1
            board.generation = generation
            guard try await boardStore.stamp(board, from: nil, emptying: true) else {
                throw StoreError(.conflict, "the board could not be emptied")
            }
        } else if boards[board.id] != nil {
            let partition = partitioning.partition(of: board)
            let waiting = try await sealer.waiting(partition: partition, offset: 0, limit: 10_000)
            for moved in MovedCuts.found(among: waiting, boards: [board.id: board]) {
                try await sealer.reschedule(moved.ranking, partition: partition, cut: moved.cut)
            }
        }
        boards[board.id] = board
        return board
    }

    func reset(_ board: Board, windows: [Window]) async throws {
        try await boardStore.reset(board, windows: windows)
    }

    func deleteUser(_ userID: String, of board: Board) async throws -> Bool {
        try await boardStore.deleteUser(userID, of: board)
    }

    func turn(_ board: Board, window: Window, to period: Period) async throws {
        _ = try await boardStore.turn(board, window: window, to: period)
    }

    // MARK: - Updates and reads

    func apply(_ updates: [ScoreUpdate], node: Int) async throws -> [ApplyOutcome] {
        let store = stores[node]
        let results = NIOLockedValueBox<[Int: Result<ApplyOutcome, StoreError>]>([:])
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            // In one tick of the loop, so that they are sent together and in this order.
            loop.execute {
                for (index, update) in updates.enumerated() {
                    store.apply(update) { result in
                        let count = results.withLockedValue { results in
                            results[index] = result
                            return results.count
                        }
                        if count == updates.count { continuation.resume() }
                    }
                }
            }
        }
        let found = results.withLockedValue { $0 }
        return try updates.indices.compactMap { try found[$0]?.get() }
    }

    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod
    ) async throws -> RankingAnswer {
        reads += 1
        return try await readers[reads % readers.count].read(question, board: board, window: window, period: period)
    }

    // MARK: - The calendar and the ledger

    func sealDue() async throws -> [Ranking] {
        var sealed: [(due: DueRanking, board: Board, period: Period)] = []
        var found: [Ranking] = []
        for partition in partitioning.all {
            for due in try await sealer.due(partition: partition, limit: 10_000) {
                let calendar = boards[due.ranking.board].map { BoardCalendar($0) }
                switch DueStep(due, calendar: calendar, isLeftOut: false, now: now()) {
                case .reschedule(let cut):
                    try await sealer.reschedule(due.ranking, partition: partition, cut: cut)
                case .drop:
                    try await sealer.drop(due.ranking, partition: partition, keepingTop: 0)
                case .seal(let board, let period):
                    found.append(due.ranking)
                    let outcome = try await sealer.seal(due.ranking, board: board, endsAt: period.endsAt ?? due.cut)
                    if case .sealed = outcome { sealed.append((due, board, period)) }
                }
            }
        }
        try await persist()
        for (due, board, period) in sealed {
            guard try await archive.archive(due.ranking, board: board, period: period) else {
                throw StoreError(.corrupt, "the ledger does not have the seal of \(due.ranking)")
            }
            let keepsTop = board.window(due.ranking.window)?.hasOnePeriod ?? false
            try await sealer.drop(
                due.ranking, partition: partitioning.partition(of: board),
                keepingTop: keepsTop ? board.top : 0)
        }
        return found
    }

    /// Brings all events to the ledger, as a persister does.
    private func persist() async throws {
        while true {
            let positions = try await ledger.positions()
            let after = Dictionary(
                uniqueKeysWithValues: partitioning.all.map { ($0, positions[$0]?.seq ?? 0) })
            let batches = try await outbox.read(after: after, limit: 1000, waitMilliseconds: 1)
                .filter { !$0.events.isEmpty }
            guard !batches.isEmpty else { return }
            let refused = try await ledger.commit(batches, from: positions)
            if let letter = refused.first { throw StoreError(.corrupt, "a row was refused: \(letter)") }
            for batch in batches {
                guard let last = batch.events.last else { continue }
                try await outbox.trim(partition: batch.partition, through: last.seq - 1)
            }
        }
    }

    func archive(
        _ ranking: Ranking, board: Board, window: Window, period: Period
    ) async throws -> (entries: [LeaderboardEntry], checksum: String)? {
        let answer = try await archive.read(
            .page(limit: 1000, after: nil), board: board, window: window, period: period)
        let periods = try await archive.periods(board: board.id, window: window.name, names: [period.name])
        guard let answer, let checksum = periods.first?.checksum else { return nil }
        return (answer.entries.map(\.entry), checksum)
    }

    func ledgerScores(_ ranking: Ranking, rules: BoardRules) async throws -> [(userID: String, score: Int64)] {
        try await persist()
        let order = rules.order == .descending ? "DESC" : "ASC"
        let ties = rules.ties == .last ? "DESC" : "ASC"
        return try await pool.withConnection { connection in
            try connection.query(
                """
                SELECT user_id, score FROM scores WHERE board = $1 AND window_name = $2 AND period = $3
                ORDER BY score \(order), reached_seq \(ties)
                """, [.text(ranking.board), .text(ranking.window), .text(ranking.period)]
            ).rows.map { (try $0.string("user_id"), try $0.int("score")) }
        }
    }

    func lastTop(_ window: BoardWindow) -> Top? { nil }

    nonisolated func checksum(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        .joined()
    }
}
