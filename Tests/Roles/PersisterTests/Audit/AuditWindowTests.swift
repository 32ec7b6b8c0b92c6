import Basics
import Leaderboard
import Persister
import RedisClient
import Storage
import TestSupport
import Testing

/// Audits of boards with several windows, other rules, and periods that end.
@Suite(.timeLimit(.minutes(2)))
struct AuditWindowTests {
    private func board(_ deployment: Deployment, _ rules: BoardRules, _ windows: [Window]) -> Board {
        Board(
            id: "cup", group: deployment.boards[0].group, rules: rules, windows: windows, graceSeconds: 0,
            createdAt: 0)
    }

    private func apply(
        _ deployment: Deployment, _ board: Board, _ user: String, _ amount: Int64, _ signature: String, at: Int64
    ) async throws {
        let update = ScoreUpdate(
            targets: UpdateTargets(of: board, issuedAt: at), userID: user, amount: amount, submittedScore: nil,
            action: "kill", nonce: "nonce", signature: signature, issuedAt: at)
        try await deployment.apply(update, counts: false)
    }

    private func audit(_ deployment: Deployment, _ board: Board) async throws -> AuditFindings {
        try await Audit(
            ledger: PostgresAuditLedger(pool: deployment.pool),
            rankings: RedisAuditRankings(redis: deployment.redis, partitioning: deployment.partitioning),
            partitioning: deployment.partitioning
        ).run([board], actions: [:])
    }

    @Test(arguments: [
        (BoardRules.Operator.increment, BoardRules.Order.descending, BoardRules.Ties.first),
        (.best, .ascending, .dense), (.set, .descending, .last), (.decrement, .ascending, .shared),
    ])
    func rules(_ operator: BoardRules.Operator, _ order: BoardRules.Order, _ ties: BoardRules.Ties) async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let board = board(
                deployment, BoardRules(operator: `operator`, order: order, ties: ties, allowDecrease: true),
                [.all, Window(name: "yearly", kind: .yearly)])
            let life = try deployment.start(batchLimit: 100)
            for number in 0..<60 {
                try await apply(
                    deployment, board, "u\(number % 11)", Int64(number * 7 % 13), "s\(number)",
                    at: WallClock.milliseconds())
            }
            try await deployment.caughtUp()
            await life.end()
            let findings = try await audit(deployment, board)
            #expect(findings.isClean, "\(findings)")
            #expect(findings.rankings == 2)
            #expect(findings.entries == 22)
            guard ties == .dense else { return }
            let keys = BoardKeys(
                Ranking(board: "cup"), partition: deployment.partitioning.partition(of: board),
                in: KeySpace(deployment.redis.configuration))
            try await deployment.redis.command("ZADD", keys.levels, "123456", "123456")
            #expect(try await audit(deployment, board).differences.map(\.kind) == [.keys])
        }
    }

    @Test("A sealed ranking is left out, before and after its archive")
    func sealed() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let start = WallClock.milliseconds()
            let season = Window(name: "cup-1", kind: .season(startsAt: start - 60_000, endsAt: start + 400))
            let board = board(deployment, BoardRules(), [.all, season])
            let life = try deployment.start(batchLimit: 100)
            for number in 0..<10 { try await apply(deployment, board, "u\(number)", 5, "s\(number)", at: start) }
            #expect(try await audit(deployment, board).rankings == 2)
            let ranking = Ranking(board: "cup", window: "cup-1", period: "cup-1")
            let sealer = RedisPeriodSealer(redis: deployment.redis, partitioning: deployment.partitioning)
            try await eventually("the season can be sealed") {
                guard let outcome = try? await sealer.seal(ranking, board: board, endsAt: start + 400) else {
                    return false
                }
                return outcome != .empty
            }
            try await deployment.caughtUp()
            let before = try await audit(deployment, board)
            #expect(before.isClean, "\(before)")
            #expect(before.rankings == 1)
            let archive = PostgresArchive(pool: deployment.pool)
            let period = Period(name: "cup-1", startsAt: start - 60_000, endsAt: start + 400)
            #expect(try await archive.archive(ranking, board: board, period: period))
            #expect(try await audit(deployment, board).isClean)
            try await sealer.drop(
                ranking, partition: deployment.partitioning.partition(of: board), keepingTop: 3)
            #expect(try await audit(deployment, board).isClean)
            await life.end()
        }
    }
}
