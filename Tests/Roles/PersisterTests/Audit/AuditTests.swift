import Leaderboard
import NIOConcurrencyHelpers
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// Audits on real stores.
@Suite(.timeLimit(.minutes(2)))
struct AuditTests {
    private func settings() -> Audit.Settings {
        var settings = Audit.Settings()
        settings.ledgerWaitMax = .seconds(5)
        settings.ledgerInterval = .milliseconds(5)
        return settings
    }

    private func audit(
        _ deployment: Deployment, _ boards: [Board]? = nil, settings: Audit.Settings? = nil
    ) async throws -> AuditFindings {
        try await Audit(
            ledger: PostgresAuditLedger(pool: deployment.pool),
            rankings: RedisAuditRankings(redis: deployment.redis, partitioning: deployment.partitioning),
            partitioning: deployment.partitioning, settings: settings ?? self.settings()
        ).run(boards ?? deployment.boards, actions: [:])
    }

    /// Runs a test on a deployment whose ledger has forty updates of each partition, by seven users.
    private func withHistory(_ body: (Deployment) async throws -> Void) async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let life = try deployment.start(batchLimit: 100)
            try await deployment.add(40, "a")
            try await deployment.caughtUp()
            await life.end()
            try await body(deployment)
        }
    }

    private func change(_ deployment: Deployment, _ sql: String) async throws {
        try await deployment.pool.withConnection { connection in
            try connection.script("ALTER TABLE score_events DISABLE TRIGGER score_events_never_change; \(sql)")
        }
    }

    private func member(_ deployment: Deployment, _ user: String, of board: Board) async throws -> String {
        let keys = keys(deployment, board)
        let held = try #require(try await deployment.redis.command("HGET", keys.members, user).string)
        return held.prefix(16) + user
    }

    private func keys(_ deployment: Deployment, _ board: Board) -> BoardKeys {
        BoardKeys(
            Ranking(board: board.id), partition: deployment.partitioning.partition(of: board),
            in: KeySpace(deployment.redis.configuration))
    }

    @Test func allAgree() async throws {
        try await withHistory { deployment in
            let findings = try await audit(deployment)
            #expect(findings.isClean, "\(findings)")
            #expect(findings.rankings == 3)
            #expect(findings.entries == 21)
            #expect(findings.events == 120)
        }
    }

    @Test("A score in Redis that no update made is found, with both scores")
    func redisScore() async throws {
        try await withHistory { deployment in
            let board = deployment.boards[0]
            let keys = keys(deployment, board)
            let member = try await member(deployment, "u3", of: board)
            try await deployment.redis.command("ZADD", keys.ranking, "999", member)
            #expect(try await audit(deployment).differences.map(\.kind) == [.keys])
            try await deployment.redis.command("HSET", keys.members, "u3", "\(member.prefix(16))999 1790000000000")
            let found = try await audit(deployment).differences
            #expect(found.map(\.kind) == [.redis])
            #expect(found.first?.userID == "u3")
            #expect(found.first?.redis?.score == 999)
            #expect(found.first?.scores?.score != 999)
        }
    }

    @Test("Users that only one of the stores has are found")
    func users() async throws {
        try await withHistory { deployment in
            let board = deployment.boards[1]
            let keys = keys(deployment, board)
            try await deployment.redis.command("ZREM", keys.ranking, member(deployment, "u2", of: board))
            #expect(try await audit(deployment).differences.map(\.kind) == [.keys, .keys])
            try await deployment.redis.command("HDEL", keys.members, "u2")
            try await deployment.redis.command("HSET", keys.members, "x", "90071992547409905 1790000000000")
            try await deployment.redis.command("ZADD", keys.ranking, "5", "9007199254740990x")
            let found = try await audit(deployment).differences.sorted { $0.userID < $1.userID }
            #expect(found.map(\.kind) == [.redis, .redis])
            #expect(found.map(\.userID) == ["u2", "x"])
            #expect(found.map { $0.redis == nil } == [true, false])
        }
    }

    @Test("A row of scores that the ledger does not lead to is found, without Redis and against Redis")
    func scores() async throws {
        try await withHistory { deployment in
            try await change(
                deployment,
                "UPDATE scores SET score = score + 1 WHERE board = '\(deployment.boards[2].id)' AND user_id = 'u1'")
            let found = try await audit(deployment).differences
            #expect(Set(found.map(\.kind)) == [.scores, .redis])
            #expect(found.allSatisfy { $0.userID == "u1" })
            #expect(try await audit(deployment, [deployment.boards[0]]).isClean)
        }
    }

    @Test("A row that the ledger lost breaks the chain of its user")
    func lostRow() async throws {
        try await withHistory { deployment in
            try await change(
                deployment,
                "DELETE FROM score_events WHERE board = '\(deployment.boards[0].id)' AND seq = 9")
            let found = try await audit(deployment).differences
            #expect(found.map(\.kind) == [.ledger])
            #expect(found.first?.userID == "u1")
            #expect(found.first?.reason.contains("event 16 ") == true)
        }
    }

    @Test("A row that the ledger refused is read from the dead letters")
    func deadLetter() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            try await deployment.pool.withConnection {
                try $0.script("ALTER TABLE score_events ADD CONSTRAINT small CHECK (points <> 9)")
            }
            let life = try deployment.start(batchLimit: 100)
            try await deployment.add(20, "a")
            try await deployment.caughtUp()
            await life.end()
            #expect(try await deployment.column("SELECT count(*) FROM dead_letters") == ["3"])
            #expect(try await audit(deployment).isClean)
            try await change(deployment, "DELETE FROM dead_letters")
            #expect(try await audit(deployment).differences.map(\.kind) == [.ledger, .ledger, .ledger])
        }
    }

    @Test("Updates on their way are no differences; without a persister they stay undecided")
    func onTheirWay() async throws {
        try await withHistory { deployment in
            try await deployment.add(10, "late")
            var settings = settings()
            settings.ledgerWaitMax = .milliseconds(50)
            let findings = try await audit(deployment, settings: settings)
            #expect(findings.differenceCount == 0)
            #expect(findings.undecided > 0)
            #expect(!findings.isClean)
            let life = try deployment.start()
            #expect(try await audit(deployment).isClean)
            await life.end()
        }
    }

    @Test("While updates, resets and deletions go on, nothing differs; a real difference is found all the same")
    func traffic() async throws {
        try await withHistory { deployment in
            let life = try deployment.start(batchLimit: 5)
            let boards = RedisBoardStore(redis: deployment.redis, partitioning: deployment.partitioning)
            let isOver = NIOLockedValueBox(false)
            let traffic = Task {
                var number = 0
                while !isOver.withLockedValue({ $0 }) {
                    number += 1
                    for partition in deployment.boards.indices {
                        try await deployment.apply(
                            deployment.update(
                                partition, "u\(number % 60)", Int64(number % 9 + 1), "t-\(partition)-\(number)"))
                    }
                    // Otherwise a busy machine never carries what one that is less busy sends.
                    if number.isMultiple(of: 20) { try await deployment.caughtUp() }
                    if number.isMultiple(of: 97) { try await boards.reset(deployment.boards[0], windows: [.all]) }
                    if number.isMultiple(of: 13) {
                        _ = try await boards.deleteUser("u\(number % 60)", of: deployment.boards[1])
                    }
                }
            }
            let enough = ContinuousClock.now + .seconds(30)
            for round in 0..<15 where round < 3 || ContinuousClock.now < enough {
                let findings = try await audit(deployment)
                #expect(findings.differenceCount == 0, "\(findings.differences)")
                #expect(findings.leftOut.isEmpty)
            }
            // A score that only Redis has, of a user without further updates.
            try await deployment.redis.command(
                "HSET", keys(deployment, deployment.boards[2]).members, "x", "90071992547409905 1790000000000")
            try await deployment.redis.command(
                "ZADD", keys(deployment, deployment.boards[2]).ranking, "5", "9007199254740990x")
            #expect(try await audit(deployment).differences.map(\.userID) == ["x"])
            isOver.withLockedValue { $0 = true }
            try await traffic.value
            await life.end()
        }
    }

    @Test("A closed partition is not compared, and the others are")
    func closed() async throws {
        try await withHistory { deployment in
            try await deployment.outbox.close(partition: 1)
            let findings = try await audit(deployment)
            #expect(findings.leftOut.map(\.id) == [deployment.boards[1].id])
            #expect(findings.differenceCount == 0)
            #expect(!findings.isClean)
            #expect(findings.entries == 14)
        }
    }
}
