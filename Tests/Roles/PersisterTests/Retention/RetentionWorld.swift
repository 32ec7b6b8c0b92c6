import Basics
import Leaderboard
import LocalServers
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// A deployment with boards of all operators in one partition, and a clock that the test sets, so that its ledger has
/// months.
struct RetentionWorld: Sendable {
    let clock: SetClock
    let deployment: Deployment
    /// The boards, as the catalogue has them.
    let boards: [Board]
    let partition: Int
    /// The ledger that holds the lease of the partition.
    let ledger: PostgresLedger

    /// The first moment of May 2026, in ms since 1970.
    static let may: Int64 = 1_777_593_600_000
    static let day: Int64 = 86_400_000
    /// The first moments of the months that are played, and of the one after them.
    static let months: [Int64] = [may, may + 31 * day, may + 61 * day, may + 92 * day]

    /// The bound from which a month of those played is old enough.
    static func bound(_ month: Int) -> Int64 { months[month + 1] + 3 * day }

    var target: RedisPartitionRebuild {
        RedisPartitionRebuild(redis: deployment.redis, partitioning: deployment.partitioning)
    }

    // MARK: Playing

    /// Applies an update of all boards, or of some, and expects that it counts.
    func update(
        _ number: Int, user: String? = nil, boards: [Board]? = nil, issuedAt: Int64? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let amount = Int64(number * 7 % 5 + 1)
        let issuedAt = issuedAt ?? clock.now
        let update = ScoreUpdate(
            targets: UpdateTargets(of: (boards ?? self.boards).map { BoardCalendar($0) }, issuedAt: issuedAt),
            userID: user ?? "user é \(number % 9)", amount: amount,
            submittedScore: number.isMultiple(of: 3) ? amount : nil,
            action: "many", nonce: "n\(number)", signature: "s-\(number)", issuedAt: issuedAt,
            limits: [.daily(count: 1000, day: issuedAt / Self.day)])
        guard case .applied = try await deployment.apply(update) else {
            Issue.record("update \(number) was not applied", sourceLocation: location)
            return
        }
    }

    /// Plays a month: updates on some days, a reset, deletions of users, and the turn to the next month, around which
    /// action ids are used late and early. Its periods are sealed and archived.
    func play(_ month: Int) async throws {
        let store = RedisBoardStore(redis: deployment.redis, partitioning: deployment.partitioning)
        let start = Self.months[month]
        var number = month * 1000
        for day in 0..<10 {
            try clock.set(start + Int64(day) * 3 * Self.day + 3_600_000)
            for round in 0..<12 {
                number += 1
                let only = round.isMultiple(of: 4) ? [boards[number / 4 % boards.count]] : nil
                try await update(number, boards: only)
            }
            if day == 4 { try await store.reset(boards[month], windows: [.all]) }
            // Another one does not come back after the second month.
            if day == 1, month == 0 { try await update(999, user: "gone") }
            if day == 2, month == 1 { for board in boards { _ = try await store.deleteUser("gone", of: board) } }
            if day == 6 { _ = try await store.deleteUser("user é \(month)", of: boards[3]) }
            if day == 7, month != 1 { _ = try await store.deleteUser("user é 8", of: boards[0]) }
            try await carry()
            try await sealDue()
        }
        let end = Self.months[month + 1]
        try clock.set(end - 1000)
        for round in 0..<20 {
            number += 1
            // Before the turn with an issue time after it, then the other way round.
            if round == 8 { try clock.set(end + 1000) }
            if round == 14, month == 0 { try await store.reset(boards[4], windows: [.all]) }
            if round == 15, month == 1 { _ = try await store.deleteUser("user é 2", of: boards[2]) }
            let isOther = round.isMultiple(of: 2)
            try await update(number, issuedAt: round < 8 ? end + (isOther ? 5 : -5) : end + (isOther ? -7 : 7))
        }
        try await carry()
    }

    /// Carries the events of the partition to the ledger.
    ///
    /// - Parameter refusing: whether tables refuse some of the rows.
    func carry(refusing: Bool = false) async throws {
        let position = try await ledger.positions()[partition]
        let events = try await target.events(partition: partition, after: position?.seq ?? 0, limit: 1000)
        guard let last = events.last else { return }
        let epoch = try #require(try await deployment.outbox.states()[partition].epoch)
        let refused = try await ledger.commit(
            [OutboxBatch(partition: partition, epoch: epoch, events: events)],
            from: position.map { [partition: $0] } ?? [:])
        #expect(refused.isEmpty != refusing)
        try await deployment.outbox.trim(partition: partition, through: last.seq - 1)
    }

    /// Seals what is over, and archives it.
    func sealDue() async throws {
        let sealer = RedisPeriodSealer(redis: deployment.redis, partitioning: deployment.partitioning)
        let archive = PostgresArchive(pool: deployment.pool)
        for due in try await sealer.due(partition: partition, limit: 1000) {
            let board = try #require(boards.first { $0.id == due.ranking.board })
            let calendar = BoardCalendar(board).calendar(due.ranking.window)
            let period = try #require(calendar?.period(named: due.ranking.period))
            _ = try await sealer.seal(due.ranking, board: board, endsAt: try #require(period.endsAt))
            try await carry()
            #expect(try await archive.archive(due.ranking, board: board, period: period))
            try await sealer.drop(due.ranking, partition: partition, keepingTop: 0)
        }
    }

    // MARK: Dropping

    /// Runs a body with the work of one node on the months, which reads tables in small parts. It has the lease.
    @discardableResult
    func withRetention<T: Sendable>(
        detachTries: Int = 1, before: @escaping @Sendable (PostgresRetention.Step) async throws -> Void = { _ in },
        _ body: (PostgresRetention) async throws -> T
    ) async throws -> T {
        try await withSession { session in
            let retention = PostgresRetention(
                session: session, chunkBlocks: 1, detachTries: detachTries, before: before)
            try await eventually("the lease is free") { try await retention.acquireLease() }
            return try await body(retention)
        }
    }

    /// Runs a body with a session of its own.
    @discardableResult
    func withSession<T: Sendable>(_ body: (PostgresPool) async throws -> T) async throws -> T {
        let session = try openSession(deployment.postgresURL)
        let result: Result<T, any Error>
        do { result = .success(try await body(session)) } catch { result = .failure(error) }
        _ = await session.shutdown(grace: .seconds(5))
        return try result.get()
    }

    /// Drops a month of those played, and expects that it is gone.
    @discardableResult
    func drop(_ month: Int, _ location: SourceLocation = #_sourceLocation) async throws -> DroppedMonth {
        try await withRetention { retention in
            let drop = try await retention.dropOldest(before: Self.bound(month))
            guard case .dropped(let dropped) = drop else {
                Issue.record("\(drop)", sourceLocation: location)
                throw CancellationError()
            }
            return dropped
        }
    }

    // MARK: Comparing

    func audit() async throws -> AuditFindings {
        var settings = Audit.Settings()
        settings.ledgerWaitMax = .seconds(2)
        settings.ledgerInterval = .milliseconds(5)
        return try await Audit(
            ledger: PostgresAuditLedger(pool: deployment.pool),
            rankings: RedisAuditRankings(redis: deployment.redis, partitioning: deployment.partitioning),
            partitioning: deployment.partitioning, settings: settings
        ).run(boards, actions: [:])
    }

    /// Expects that Redis, `scores` and the ledger agree.
    func expectAgreement(_ location: SourceLocation = #_sourceLocation) async throws {
        let findings = try await audit()
        #expect(findings.isClean, "\(findings)", sourceLocation: location)
        #expect(findings.entries > 50, sourceLocation: location)
    }

    /// The keys of all rankings, as bytes: `ZRANGE` and `HGETALL`.
    func rankings() async throws -> [String: [String]] {
        let redis = deployment.redis
        let tag = PartitionKeys(partition: partition).tag
        var image: [String: [String]] = [:]
        for key in try await redis.command("KEYS", tag + ":*").array?.compactMap(\.string) ?? [] {
            let name = String(key.dropFirst(tag.count + 1))
            guard ["ranking:", "members:", "levels:"].contains(where: { name.hasPrefix($0) }) else { continue }
            if try await redis.command("TYPE", key).string == "zset" {
                let flat = try await redis.command("ZRANGE", key, "0", "-1", "WITHSCORES").array ?? []
                image[name] = flat.map { $0.string ?? "?" }
            } else {
                let flat = try await redis.command("HGETALL", key).array?.map { $0.string ?? "?" } ?? []
                image[name] = stride(from: 0, to: flat.count, by: 2).map { "\(flat[$0]) \(flat[$0 + 1])" }.sorted()
            }
        }
        return image
    }

    /// Empties Redis, rebuilds the partition, and expects the same rankings, and no orphans.
    func expectSameAfterRebuild(_ location: SourceLocation = #_sourceLocation) async throws {
        let before = try await rankings()
        #expect(before.count >= 2 * boards.count, sourceLocation: location)
        let rebuilt = try await rebuild()
        let report = try #require(rebuilt, sourceLocation: location)
        #expect(report.orphans == 0 && report.carried == 0, sourceLocation: location)
        let after = try await rankings()
        #expect(after.keys.sorted() == before.keys.sorted(), sourceLocation: location)
        for key in before.keys.sorted() { #expect(after[key] == before[key], "\(key)", sourceLocation: location) }
    }

    /// Closes the partition, and rebuilds it from Postgres.
    @discardableResult
    func rebuild() async throws -> RebuildReport? {
        try await deployment.outbox.close(partition: partition)
        return try await withSession { session in
            try await PartitionRebuilder(
                stores: .init(
                    outbox: deployment.outbox, ledger: ledger, source: PostgresRebuildSource(session: session),
                    target: target),
                partitioning: deployment.partitioning, receiptLifetimeMilliseconds: 750_000, logger: quietLogger,
                now: { [clock] in clock.now }
            ).rebuild(partition)
        }
    }

    func column(_ sql: String) async throws -> [String] { try await deployment.column(sql) }

    func run(_ sql: String) async throws { try await deployment.pool.withConnection { try $0.script(sql) } }
}

private func openSession(_ url: String) throws -> PostgresPool {
    var configuration = PostgresConfiguration(url: url)
    configuration.poolSize = 1
    return try PostgresPool(configuration: configuration, logger: quietLogger)
}

/// Runs a test with a world whose three months were played.
func withThreeMonths(_ body: (RetentionWorld) async throws -> Void) async throws {
    let clock = try SetClock(at: RetentionWorld.may)
    try await withPrivateRedis(durability: .never, extraArguments: ["--appendonly", "no"], clock: clock) { redis in
        try await withPostgres { postgres in
            try await withDeployment(redisURL: redis.url, postgresURL: postgres.url) { deployment in
                let session = try openSession(postgres.url)
                do {
                    let world = try await world(clock, deployment, session)
                    for month in 0..<3 { try await world.play(month) }
                    try await body(world)
                } catch {
                    _ = await session.shutdown(grace: .seconds(5))
                    throw error
                }
                _ = await session.shutdown(grace: .seconds(5))
            }
        }
    }
}

private func world(
    _ clock: SetClock, _ deployment: Deployment, _ session: PostgresPool
) async throws -> RetentionWorld {
    let daily = try #require(Window.fixed("daily"))
    let monthly = try #require(Window.fixed("monthly"))
    let drafts = [
        Board(id: "points", group: "g", windows: [.all, daily, monthly], generation: 11),
        Board(
            id: "times", group: "g",
            rules: BoardRules(operator: .set, order: .ascending, ties: .dense, allowDecrease: true),
            windows: [daily, .all], generation: 12),
        Board(
            id: "lives", group: "g", rules: BoardRules(operator: .decrement, ties: .last, allowDecrease: true),
            windows: [.all, monthly], generation: 13),
        Board(id: "best", group: "g", rules: BoardRules(operator: .best, ties: .shared), generation: 14),
        Board(
            id: "last", group: "g", rules: BoardRules(operator: .set, ties: .last, allowDecrease: true),
            generation: 15),
    ]
    let store = PostgresCatalogueStore(pool: deployment.pool)
    for board in drafts { #expect(try await store.put(board, ifRevision: try await store.load().revision)) }
    let catalogue = try await store.load()
    // The boards are older than the clock of the test.
    try await deployment.pool.withConnection {
        try $0.script("UPDATE boards SET created_at = '2026-01-01 00:00:00+00'")
    }
    try await deployment.open()
    let boards = try drafts.map { try #require(catalogue.boards[$0.id]) }
    let ledger = PostgresLedger(session: session)
    let partition = deployment.partitioning.partition(of: boards[0])
    #expect(try await ledger.acquireLeases(partition..<partition + 1) == [partition])
    return RetentionWorld(
        clock: clock, deployment: deployment, boards: boards, partition: partition, ledger: ledger)
}
