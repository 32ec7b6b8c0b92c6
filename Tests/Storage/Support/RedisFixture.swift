import Basics
import Leaderboard
import LocalServers
import Logging
import NIOCore
import NIOPosix
import RedisClient
import Storage
import TestSupport
import Testing

/// The stores on one Redis with connected clients, and a board whose partition is open.
struct RedisFixture: Sendable {
    /// A client with all scripts, like that of an API node.
    let redis: RedisClient
    /// A second client on the same database, for another node.
    let other: RedisClient
    /// The address of Redis.
    let configuration: RedisConfiguration
    let partitioning: Partitioning
    let board: Board
    let ranking: Ranking
    let reader: RedisLeaderboardReader
    let outbox: RedisOutbox
    /// The targets of most updates. Updates with the same targets can share a call.
    let targets: UpdateTargets

    var boards: RedisBoardStore { RedisBoardStore(redis: redis, partitioning: partitioning) }
    var sealer: RedisPeriodSealer { RedisPeriodSealer(redis: redis, partitioning: partitioning) }

    /// The keys of the board's ranking.
    var keys: BoardKeys { keys(of: ranking) }

    /// The keys of a ranking in the partition of the board.
    func keys(of ranking: Ranking) -> BoardKeys {
        BoardKeys(ranking, partition: partitioning.partition(of: board), in: KeySpace(configuration))
    }

    /// Returns the score store of a node, or of the second node with `other: true`.
    func store(limit: RateLimit? = nil, other isOther: Bool = false) -> RedisScoreStore {
        RedisScoreStore(
            redis: isOther ? other : redis,
            settings: WriteSettings(
                partitioning: partitioning, rateLimit: limit, actionMaxAge: .milliseconds(600_000),
                actionSkew: .milliseconds(30_000)))
    }

    /// Returns an update of this fixture's board. The same signature means the same action id.
    func update(
        _ user: String, _ amount: Int64, _ signature: String, submitted: Int64? = nil,
        issuedAt: Int64 = 1_790_000_000_000
    ) -> ScoreUpdate {
        ScoreUpdate(
            targets: targets.validity.contains(issuedAt) ? targets : UpdateTargets(of: board, issuedAt: issuedAt),
            userID: user, amount: amount,
            submittedScore: submitted, action: "kill", nonce: "nonce-\(signature)", signature: signature,
            issuedAt: issuedAt)
    }

    /// Applies an update that must count.
    @discardableResult
    func add(
        _ user: String, _ amount: Int64, _ signature: String, _ location: SourceLocation = #_sourceLocation
    ) async throws -> Receipt {
        let outcome = try await store().outcome(of: update(user, amount, signature))
        guard case .applied(let receipt) = outcome else {
            Issue.record("\(signature): \(outcome) instead of applied", sourceLocation: location)
            throw StoreError(.corrupt, "\(outcome)")
        }
        return receipt
    }

    /// Verifies all open partitions for the Redis that answers now, as a persister does after it has compared them.
    func verify() async throws {
        let snapshot = try await outbox.snapshot(at: [:])
        for (partition, state) in snapshot.states.enumerated() {
            guard let epoch = state.epoch else { continue }
            let isVerified = try await outbox.verify(
                partition: partition, epoch: epoch, seq: state.seq, run: snapshot.run)
            #expect(isVerified)
        }
    }

    /// Removes the mark that a closed partition has until it is rebuilt.
    func rebuilt(partition: Int) async throws {
        let keys = PartitionKeys(partition: partition, in: KeySpace(configuration))
        try await redis.command("HDEL", keys.meta, "awaits_rebuild")
    }

    /// Reads from the current ranking of the board's first window.
    func read(_ question: RankingQuestion) async throws -> RankingAnswer {
        try await reader.read(question, board: board, window: board.windows[0])
    }

    /// Reads a page of the current ranking of the board's first window.
    func page(_ limit: Int, after cursor: LeaderboardCursor? = nil) async throws -> RankingAnswer {
        try await read(.page(limit: limit, after: cursor))
    }

    /// Returns the whole ranking, read in pages.
    func all(limit: Int = 1000) async throws -> [LeaderboardEntry] {
        var entries: [LeaderboardEntry] = []
        var cursor: LeaderboardCursor?
        repeat {
            let page = try await page(limit, after: cursor)
            entries += page.top.entries
            cursor = page.next
        } while cursor != nil && entries.count < 100_000
        return entries
    }

    /// Returns everything in the outbox of the board's partition, decoded.
    func events() async throws -> [LedgerEvent] {
        let reply = try await redis.command("XRANGE", keys.partition.outbox, "-", "+")
        var events: [LedgerEvent] = []
        for entry in try #require(reply.array) {
            let pair = try #require(entry.array)
            let fields = try #require(pair[1].array).compactMap(\.bytes)
            // An entry's id is the number of its last event.
            let last = try #require(pair[0].string?.split(separator: "-").first.flatMap { Int64($0) })
            for start in stride(from: 0, to: fields.count, by: 4) {
                let seq = last - Int64((fields.count - start) / 4 - 1)
                let event = LedgerEventCodec.decode(seq: seq, event: fields[start + 1], outcome: fields[start + 3])
                events.append(try #require(event))
            }
        }
        return events
    }

    /// Returns the whole database: each key with its serialized value and its expiration time.
    func dump() async throws -> [String: [RESPValue]] {
        let keys = try #require(try await redis.command("KEYS", "*").array).compactMap(\.string)
        var dump: [String: [RESPValue]] = [:]
        for key in keys { dump[key] = try await redis.pipeline([["DUMP", key], ["PEXPIRETIME", key]]) }
        return dump
    }

    /// Returns the time of Redis' clock, in microseconds.
    func time() async throws -> Int64 {
        let parts = try #require(try await redis.command("TIME").array)
        let (seconds, microseconds) = (try #require(parts[0].int64), try #require(parts[1].int64))
        return seconds * 1_000_000 + microseconds
    }
}

extension ScoreWriter {
    /// `apply` for tasks.
    func outcome(of update: ScoreUpdate) async throws(StoreError) -> ApplyOutcome {
        let result = await withCheckedContinuation { continuation in
            apply(update) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}

/// Runs a test on a fresh database of the shared Redis.
func withFixture(
    partitions: Int = 1, top: Int = 10, isOpen: Bool = true, rules: BoardRules = BoardRules(allowDecrease: true),
    windows: [Window] = [.all], _ body: (RedisFixture) async throws -> Void
) async throws {
    try await withRedis { redis in
        // Databases do not separate channels, so the board has a name of its own.
        let board = Board(id: "board-\(redis.database)", rules: rules, windows: windows, top: top)
        try await withFixture(url: redis.url, board: board, partitions: partitions, isOpen: isOpen, body)
    }
}

/// Runs a test on its own Redis, which may be stopped and filled.
func withFixture(
    on server: LocalRedis, partitions: Int = 1, isOpen: Bool = true, _ body: (RedisFixture) async throws -> Void
) async throws {
    try await withFixture(url: server.url, board: .global, partitions: partitions, isOpen: isOpen, body)
}

func withFixture(
    url: String, board: Board = .global, partitions: Int = 1, isOpen: Bool = true,
    change: (inout RedisConfiguration) -> Void = { _ in }, _ body: (RedisFixture) async throws -> Void
) async throws {
    var configuration = try RedisConfiguration(url: url)
    change(&configuration)
    let logger = quietLogger
    let group = MultiThreadedEventLoopGroup.singleton
    let clients = try [Scripts.all, Scripts.all, []].map { scripts throws in
        try RedisClient(configuration: configuration, eventLoopGroup: group, scripts: scripts, logger: logger)
    }
    let running = clients.map { client in Task { try await client.run() } }
    func end() async {
        for task in running { task.cancel() }
        for task in running { _ = await task.result }
    }
    do {
        for client in clients { try await client.waitUntilConnected(timeout: .seconds(20)) }
        let partitioning = Partitioning(count: partitions)
        let outbox = RedisOutbox(redis: clients[0], blocking: clients[2], partitioning: partitioning)
        if isOpen {
            for partition in partitioning.all { _ = try await outbox.open(partition: partition, seq: 0) }
        }
        try await body(
            RedisFixture(
                redis: clients[0], other: clients[1], configuration: configuration, partitioning: partitioning,
                board: board, ranking: Ranking(board: board.id, window: board.windows[0].name),
                reader: RedisLeaderboardReader(redis: clients[0], partitioning: partitioning), outbox: outbox,
                targets: UpdateTargets(of: board, issuedAt: 1_790_000_000_000)))
    } catch {
        await end()
        throw error
    }
    await end()
}
