import Foundation
import Leaderboard
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// The audit of a large ranking. `SCORECAST_FULL=1` makes it a million entries.
@Suite(.timeLimit(.minutes(10)))
struct AuditSizeTests {
    private static let isFull = ProcessInfo.processInfo.environment["SCORECAST_FULL"] == "1"
    private static let count: Int64 = isFull ? 1_000_000 : 20_000

    private func fillPostgres(_ deployment: Deployment, _ board: Board) async throws {
        let (count, partition) = (Self.count, deployment.partitioning.partition(of: board))
        try await deployment.pool.withConnection { connection in
            try connection.withStatementTimeout(.seconds(300)) {
                try connection.script(
                    """
                    CREATE TABLE big PARTITION OF score_events FOR VALUES FROM ('2026-09-01') TO ('2026-10-01');
                    INSERT INTO score_events (partition, seq, board, user_id, action_id, nonce, signature, points,
                        score, rank, issued_at, applied_at)
                    SELECT \(partition), seq, '\(board.id)', 'user-' || seq, 'kill', 'n', 's' || seq, seq % 900 + 1,
                        seq % 900 + 1, 1, '2026-09-20Z', '2026-09-20Z'
                    FROM generate_series(1, \(count)) AS seq;
                    INSERT INTO scores (board, window_name, period, user_id, score, reached_seq, updated_at)
                    SELECT '\(board.id)', 'all', 'all', user_id, score, seq, applied_at FROM score_events;
                    INSERT INTO partition_positions (partition, epoch, last_id, seq, last_signature)
                    VALUES (\(partition), 'e', '\(count)-0', \(count), 's\(count)');
                    """)
                try connection.execute("ANALYZE")
            }
        }
    }

    private func fillRedis(_ deployment: Deployment, _ board: Board) async throws {
        let keys = BoardKeys(
            Ranking(board: board.id), partition: deployment.partitioning.partition(of: board),
            in: KeySpace(deployment.redis.configuration))
        try await deployment.redis.command(
            "HSET", keys.partition.meta, "epoch", "e", "seq", String(Self.count))
        try await deployment.redis.command("ZADD", keys.open, "inf", keys.name)
        for start in stride(from: Int64(1), through: Self.count, by: 1000) {
            var (places, members) = (["ZADD", keys.ranking], ["HSET", keys.members])
            for seq in start...min(start + 999, Self.count) {
                let (score, key) = (String(seq % 900 + 1), String(ScoreBounds.max - seq))
                places += [score, "\(key)user-\(seq)"]
                members += ["user-\(seq)", "\(key)\(score) 1790000000000"]
            }
            _ = try await deployment.redis.pipeline([places, members])
        }
    }

    @Test func largeRanking() async throws {
        try await withDeployment { deployment in
            let board = deployment.boards[0]
            try await fillPostgres(deployment, board)
            try await fillRedis(deployment, board)
            let audit = Audit(
                ledger: PostgresAuditLedger(pool: deployment.pool),
                rankings: RedisAuditRankings(redis: deployment.redis, partitioning: deployment.partitioning),
                partitioning: deployment.partitioning)
            let start = ContinuousClock.now
            let findings = try await audit.run([board], actions: [:])
            let time = ContinuousClock.now - start
            #expect(findings.isClean, "\(findings.differences.prefix(3))")
            #expect(findings.entries == Int(Self.count))
            #expect(findings.events == Int(Self.count))
            guard Self.isFull else { return }
            print("audit of \(Self.count) entries: \(time)")
            #expect(time < .seconds(60))
        }
    }
}
