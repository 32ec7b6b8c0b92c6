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

/// The real stores, as two nodes, a persister and a gateway use them.
actor StoresSystem: BoardSystem {
    private let clock: SetClock
    private let stores: [RedisScoreStore]
    private let readers: [RedisLeaderboardReader]
    private let loops: [any EventLoop]
    private let boardStore: RedisBoardStore
    private let catalogue: RedisCatalogue
    private let sealer: RedisPeriodSealer
    private let archive: PostgresArchive
    private let ledger: PostgresLedger
    private let outbox: RedisOutbox
    private let pool: PostgresPool
    private let partitioning: Partitioning
    private let watched: WatchedTops
    /// How far the clocks of the nodes are ahead, in ms.
    private let skews: NIOLockedValueBox<[Int64]>

    private var boards: [String: Board] = [:]
    private var generation: Int64 = 0
    private var reads = 0
    private var markers: Int64 = 0

    /// A board whose only use is that its tops show how far the feed has come.
    private static let marker = Board(id: "marker")

    /// - Parameters:
    ///   - clock: the clock by which Redis goes.
    ///   - nodes: a client for each node.
    ///   - blocking: a client for the outbox.
    ///   - feed: the feed of a gateway, which runs.
    init(
        clock: SetClock, nodes: [RedisClient], blocking: RedisClient, feed: RedisTopFeed, pool: PostgresPool,
        session: PostgresPool, partitioning: Partitioning
    ) {
        self.clock = clock
        let settings = WriteSettings(
            partitioning: partitioning, rateLimit: nil, actionMaxAge: .seconds(600), actionSkew: .seconds(30))
        let skews = NIOLockedValueBox<[Int64]>(nodes.map { _ in 0 })
        self.skews = skews
        stores = nodes.map { RedisScoreStore(redis: $0, settings: settings) }
        readers = nodes.enumerated().map { index, redis in
            RedisLeaderboardReader(
                redis: redis, partitioning: partitioning, now: { clock.now + skews.withLockedValue { $0[index] } })
        }
        loops = nodes.map { $0.eventLoops[0] }
        boardStore = RedisBoardStore(redis: nodes[0], partitioning: partitioning)
        catalogue = RedisCatalogue(redis: nodes[1], partitioning: partitioning)
        sealer = RedisPeriodSealer(redis: nodes[1], partitioning: partitioning)
        archive = PostgresArchive(pool: pool)
        ledger = PostgresLedger(session: session)
        outbox = RedisOutbox(redis: nodes[0], blocking: blocking, partitioning: partitioning)
        watched = WatchedTops(feed)
        self.pool = pool
        self.partitioning = partitioning
    }

    /// Opens the partitions, takes their leases, and begins to watch.
    func open() async throws {
        guard try await boardStore.now() == clock.now else {
            throw StoreError(.unavailable, "redis-server does not take its time from the clock that the test sets")
        }
        let opener = PartitionOpener(outbox: outbox, ledger: ledger, logger: quietLogger)
        let areOpen = try await opener.openWhatCanBe()
        let leases = try await ledger.acquireLeases(partitioning.all)
        guard areOpen, leases == Set(partitioning.all) else {
            throw StoreError(.unavailable, "the partitions cannot be opened")
        }
        try await follow(Self.marker, windows: [Window.all.name])
    }

    func set(_ time: Int64) throws { try clock.set(time) }

    func skew(_ node: Int, by milliseconds: Int64) { skews.withLockedValue { $0[node] = milliseconds } }

    // MARK: - Watchers

    private func follow(_ board: Board, windows: [String]) async throws {
        watched.follow(board, windows: windows)
        try await eventually("the feed is live", every: .milliseconds(1)) { watched.areLive(board, windows: windows) }
    }

    func lastTops() async throws -> [BoardWindow: Top] {
        markers += 1
        let marker = BoardWindow(board: Self.marker.id, window: Window.all.name)
        try await catalogue.tellTops(of: Self.marker)
        // Redis sends the messages of one connection in the order in which they were published.
        try await eventually("the feed has come so far", timeout: .seconds(10), every: .milliseconds(1)) {
            watched.last[marker]?.version == markers
        }
        return watched.last
    }

    // MARK: - Boards

    func put(_ board: Board, emptying: Bool) async throws -> Board {
        var board = board
        let old = boards[board.id]
        if emptying {
            // Messages of the previous form are decoded by its rules.
            _ = try await lastTops()
            try await follow(board, windows: OperationGenerator.windowNames)
            generation += 1
            board.generation = generation
            guard try await boardStore.stamp(board, from: nil, emptying: true) else {
                throw StoreError(.conflict, "the board could not be emptied")
            }
        } else if let old {
            let partition = partitioning.partition(of: board)
            let waiting = try await sealer.waiting(partition: partition, offset: 0, limit: 10_000)
            for moved in MovedCuts.found(among: waiting, boards: [board.id: board]) {
                try await sealer.reschedule(moved.ranking, partition: partition, cut: moved.cut)
            }
            if old.top != board.top { try await catalogue.tellTops(of: board) }
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
            loops[node].execute {
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
        var sealed: [(due: DueRanking, board: Board, period: Period, seq: Int64)] = []
        var found: [Ranking] = []
        for partition in partitioning.all {
            var waiting = try await sealer.due(partition: partition, limit: 10_000)
            while let due = waiting.popLast() {
                let calendar = boards[due.ranking.board].map { BoardCalendar($0) }
                switch DueStep(due, calendar: calendar, isLeftOut: false, now: clock.now) {
                case .reschedule(let cut):
                    try await sealer.reschedule(due.ranking, partition: partition, from: due.cut, cut: cut)
                    // The new cut may be over, too.
                    if let cut, cut <= clock.now { waiting.append(DueRanking(ranking: due.ranking, cut: cut)) }
                case .drop:
                    try await sealer.drop(
                        due.ranking, partition: partition, if: .due(cut: due.cut), keepingTop: 0)
                case .seal(let board, let period):
                    found.append(due.ranking)
                    let outcome = try await sealer.seal(due.ranking, board: board, endsAt: period.endsAt ?? due.cut)
                    if case .sealed(let seq) = outcome { sealed.append((due, board, period, seq)) }
                }
            }
        }
        try await persist()
        for (due, board, period, seq) in sealed {
            guard try await archive.archive(due.ranking, board: board, period: period) else {
                throw StoreError(.corrupt, "the ledger does not have the seal of \(due.ranking)")
            }
            let keepsTop = board.window(due.ranking.window)?.hasOnePeriod ?? false
            try await sealer.drop(
                due.ranking, partition: partitioning.partition(of: board), if: .sealed(seq: seq),
                keepingTop: keepsTop ? board.top : 0)
        }
        return found
    }

    /// Brings all events to the ledger, as a persister does.
    private func persist() async throws {
        while true {
            let positions = try await ledger.positions()
            // Partitions without events are left out: XREAD would wait by the clock of Redis, which stands still.
            let after = Dictionary(
                uniqueKeysWithValues: zip(partitioning.all, try await outbox.states()).compactMap { partition, state in
                    let seq = positions[partition]?.seq ?? 0
                    return state.seq > seq ? (partition, seq) : nil
                })
            guard !after.isEmpty else { return }
            let batches = try await outbox.read(after: after, limit: 1000, waitMilliseconds: 1)
            let refused = try await ledger.commit(batches, from: positions)
            if let letter = refused.first { throw StoreError(.corrupt, "a row was refused: \(letter)") }
            for batch in batches {
                guard let last = batch.events.last else { continue }
                try await outbox.trim(partition: batch.partition, through: last.seq - 1)
            }
        }
    }

    func archived(
        _ question: RankingQuestion, _ ranking: Ranking, board: Board, window: Window, period: Period
    ) async throws -> RankingAnswer? {
        try await archive.read(question, board: board, window: window, period: period)
    }

    func checksum(ofArchive ranking: Ranking) async throws -> String? {
        try await archive.periods(board: ranking.board, window: ranking.window, names: [ranking.period]).first?.checksum
    }

    func ledgerScores() async throws -> [Ranking: [LedgerScore]] {
        try await persist()
        let rows = try await pool.withConnection { connection in
            try connection.query("SELECT board, window_name, period, user_id, score, reached_seq FROM scores").rows.map
            {
                (
                    Ranking(
                        board: try $0.string("board"), window: try $0.string("window_name"),
                        period: try $0.string("period")),
                    LedgerScore(
                        userID: try $0.string("user_id"), score: try $0.int("score"),
                        reached: try $0.int("reached_seq"))
                )
            }
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    nonisolated func checksum(_ text: String) -> String {
        Hexadecimal.text(Array(SHA256.hash(data: Array(text.utf8))))
    }
}
