import Basics
import Leaderboard
import NIOConcurrencyHelpers
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// A deployment with boards of all kinds in one partition, to damage it and to rebuild it.
struct HealWorld: Sendable {
    let deployment: Deployment
    /// The boards, as the catalogue has them: `points` first.
    let boards: [Board]
    let partition: Int
    /// The ledger whose leases the rebuilds hold.
    let ledger: PostgresLedger
    /// The session that holds them.
    let session: PostgresPool
    let source: PostgresRebuildSource
    /// When the action ids of the test are issued.
    let issuedAt = WallClock.milliseconds()

    var redis: RedisClient { deployment.redis }
    var keys: PartitionKeys { PartitionKeys(partition: partition) }
    var target: RedisPartitionRebuild {
        RedisPartitionRebuild(redis: redis, partitioning: deployment.partitioning)
    }

    /// A rebuilder; `target` can hold it up.
    func rebuilder(target: (any PartitionRebuild)? = nil) -> PartitionRebuilder {
        PartitionRebuilder(
            stores: .init(
                outbox: deployment.outbox, ledger: ledger, source: source, target: target ?? self.target),
            partitioning: deployment.partitioning, receiptLifetimeMilliseconds: 750_000, logger: quietLogger,
            now: WallClock.milliseconds)
    }

    // MARK: Updates

    /// An update of several boards. Every third one brings a score.
    func update(_ number: Int, _ name: String = "a", boards: [Board]? = nil) -> ScoreUpdate {
        let amount = Int64(number * 7 % 5 + 1)
        return ScoreUpdate(
            targets: UpdateTargets(of: (boards ?? self.boards).map { BoardCalendar($0) }, issuedAt: issuedAt),
            userID: "user é \(number % 11)", amount: amount,
            submittedScore: number.isMultiple(of: 3) ? amount : nil, action: "many", nonce: "n\(number)",
            signature: "\(name)-\(number)", issuedAt: issuedAt,
            limits: [.daily(count: 1000, day: issuedAt / 86_400_000)])
    }

    /// Applies updates of all boards and of single ones.
    func play(_ range: Range<Int>, _ name: String = "a") async throws {
        for number in range {
            let only = number.isMultiple(of: 4) ? [boards[number / 4 % boards.count]] : nil
            guard case .applied = try await deployment.apply(update(number, name, boards: only)) else {
                Issue.record("\(number) was not applied")
                return
            }
        }
    }

    /// Runs a persister until the ledger has all events.
    func carry() async throws {
        try await session.withConnection { try $0.script("SELECT pg_advisory_unlock_all()") }
        let life = try deployment.start()
        try await deployment.caughtUp()
        await life.end()
    }

    /// Expects that each update that was applied gets its first answer again.
    func expectReplays(_ location: SourceLocation = #_sourceLocation) async throws {
        for (update, receipt) in deployment.truth.withLockedValue({ Array($0.applied.values) }) {
            let again = try await deployment.apply(update, counts: false)
            #expect(again == .replayed(receipt), sourceLocation: location)
        }
    }

    /// The same for the updates of one name only.
    func expectReplaysOf(_ name: String) async throws {
        deployment.truth.withLockedValue { truth in
            truth.applied = truth.applied.filter { $0.key.hasPrefix(name + "-") }
        }
        try await expectReplays()
    }

    // MARK: Redis

    /// Everything in the partition that a rebuild must bring back, as text.
    func image() async throws -> [String: [String]] {
        var image: [String: [String]] = [:]
        let now = WallClock.milliseconds()
        for key in try await redis.command("KEYS", keys.tag + ":*").array?.compactMap(\.string) ?? [] {
            let name = String(key.dropFirst(keys.tag.count + 1))
            if name == "outbox" || name.hasPrefix("rate:") { continue }
            switch try await redis.command("TYPE", key).string {
            case "zset":
                let flat = try await redis.command("ZRANGE", key, "0", "-1", "WITHSCORES").array ?? []
                let texts = flat.compactMap(\.string)
                image[name] = stride(from: 0, to: texts.count, by: 2).map { index in
                    let isDue =
                        name == "open" && Double(texts[index + 1]).map { Int64(exactly: $0) ?? .max < now } == true
                    return texts[index] + " " + (isDue ? "due" : texts[index + 1])
                }
            case "hash":
                let texts = try await redis.command("HGETALL", key).array?.compactMap(\.string) ?? []
                let fields = stride(from: 0, to: texts.count, by: 2).map { (texts[$0], texts[$0 + 1]) }
                image[name] = fields.filter { field, _ in
                    name != "meta" || ["form:", "sealed:", "seq"].contains { field.hasPrefix($0) }
                }.map { "\($0) \($1)" }.sorted()
            default:
                image[name] = [try await redis.command("GET", key).string ?? "?"]
            }
        }
        return image
    }

    /// Closes the partition for a rebuild.
    func close() async throws { try await deployment.outbox.close(partition: partition) }

    /// How the partition was closed.
    func closure() async throws -> PartitionClosure {
        try #require(try await target.closure(partition: partition))
    }

    /// Rebuilds, and expects that Redis is as it was.
    @discardableResult
    func rebuild(
        expecting image: [String: [String]], _ location: SourceLocation = #_sourceLocation
    ) async throws -> RebuildReport {
        let report = try #require(try await rebuilder().rebuild(partition), sourceLocation: location)
        let after = try await self.image()
        for key in Set(image.keys).union(after.keys).sorted() {
            #expect(after[key] == image[key], "\(key)", sourceLocation: location)
        }
        let state = try await deployment.outbox.states()[partition]
        #expect(state.epoch == report.epoch && !state.awaitsRebuild, sourceLocation: location)
        return report
    }
}

/// Runs a test with boards of all orders and ties and several windows, which are one group.
///
/// - Parameter redisURL: a private Redis; nil for a new database on the shared one.
func withHealWorld(redisURL: String? = nil, _ body: (HealWorld) async throws -> Void) async throws {
    guard let redisURL else {
        return try await withDeployment { try await withHealWorld(on: $0, body) }
    }
    try await withPostgres { postgres in
        try await withDeployment(redisURL: redisURL, postgresURL: postgres.url) {
            try await withHealWorld(on: $0, body)
        }
    }
}

private func withHealWorld(on deployment: Deployment, _ body: (HealWorld) async throws -> Void) async throws {
    let store = PostgresCatalogueStore(pool: deployment.pool)
    let hour: Int64 = 3_600_000
    let now = WallClock.milliseconds()
    let season = Window(name: "cup", kind: .season(startsAt: now - 48 * hour, endsAt: now + 48 * hour))
    let daily = try #require(Window.fixed("daily"))
    let drafts = [
        Board(id: "points", group: "g", windows: [.all, daily, season], generation: 11),
        Board(
            id: "times", group: "g",
            rules: BoardRules(operator: .set, order: .ascending, ties: .dense, allowDecrease: true),
            windows: [daily, .all], generation: 12),
        Board(
            id: "last", group: "g", rules: BoardRules(operator: .set, ties: .last, allowDecrease: true),
            generation: 13),
        Board(
            id: "dense", group: "g", rules: BoardRules(operator: .set, ties: .dense, allowDecrease: true),
            generation: 14),
        Board(
            id: "shared", group: "g", rules: BoardRules(operator: .best, order: .ascending, ties: .shared),
            generation: 15),
    ]
    for board in drafts {
        let revision = try await store.load().revision
        #expect(try await store.put(board, ifRevision: revision))
    }
    _ = try await store.put(
        Action(
            id: "many", points: 1, boards: drafts.map(\.id), submitsScore: true, maxPerUserPerDay: 1000))
    let catalogue = try await store.load()
    let boards = try drafts.map { try #require(catalogue.boards[$0.id]) }
    var configuration = PostgresConfiguration(url: deployment.postgresURL)
    configuration.poolSize = 1
    let session = try PostgresPool(configuration: configuration, logger: quietLogger)
    let reading = try PostgresPool(configuration: configuration, logger: quietLogger)
    func end() async { for pool in [session, reading] { _ = await pool.shutdown(grace: .seconds(5)) } }
    do {
        try await deployment.open()
        try await body(
            HealWorld(
                deployment: deployment, boards: boards,
                partition: deployment.partitioning.partition(of: boards[0]),
                ledger: PostgresLedger(session: session), session: session,
                source: PostgresRebuildSource(session: reading)))
    } catch {
        await end()
        throw error
    }
    await end()
}
