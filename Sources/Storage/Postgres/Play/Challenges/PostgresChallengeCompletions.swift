import Basics
import Leaderboard
import Play
import PostgresClient

/// Completions of challenges in Postgres: table `challenges`, and what ``PostgresEarnings`` writes.
public struct PostgresChallengeCompletions: Sendable {
    private let pool: PostgresPool
    private let board: String

    /// - Parameters:
    ///   - pool: connections to a migrated database.
    ///   - board: gets the points.
    public init(pool: PostgresPool, board: String) {
        self.pool = pool
        self.board = board
    }

    /// The kind of the award, and the reason of the entry in the wallet.
    private static let kind = "challenge"

    private static func complete(
        _ id: String, as userID: String, board: String, now: Int64, on connection: PostgresConnection
    ) throws -> ChallengeCompletion {
        let locked = try connection.query(
            """
            SELECT user_id, status, task_id, coins_earned, points_earned, coins_after, capped, award_id, outcome
            FROM challenges WHERE challenge_id = $1 FOR NO KEY UPDATE
            """, [.text(id)]
        ).first
        guard let locked else { return .unknown }
        guard try ByteExact(locked.string("user_id")) == ByteExact(userID) else { return .notOwner }
        let status = try locked.string("status")
        if status == ChallengeStatus.generating.rawValue { return .generating }
        let isReplay = status == ChallengeStatus.completed.rawValue
        let earned: Earned
        if isReplay {
            earned = try stored(locked)
        } else {
            let task = try locked.intOrNil("task_id")
            let paid = try pay(for: id, of: userID, task: task, board: board, now, connection)
            try mark(id, paid.earned, type: paid.type, on: connection)
            earned = paid.earned
        }
        guard let seen = try ChallengeRow.seen(id, by: userID, on: connection) else { return .unknown }
        let record = CompletionRecord(
            userID: userID, earned: earned, outcome: try locked.stringOrNil("outcome"), isReplay: isReplay)
        return .completed(seen, record)
    }

    /// Pays what the task would earn. A task that is gone earns nothing. The cap holds for tasks of templates and of
    /// integrations, too: the user makes as many challenges of them as it likes.
    ///
    /// - Returns: what was paid, and the type of the task.
    private static func pay(
        for id: String, of userID: String, task: Int64?, board: String, _ now: Int64, _ connection: PostgresConnection
    ) throws -> (earned: Earned, type: String?) {
        let found = try connection.query(
            "SELECT type FROM tasks WHERE task_id = $1 AND user_id = $2 AND deleted_at IS NULL",
            [.int(orNull: task), .text(userID)]
        ).first
        guard let found else {
            let balance = try connection.query(
                "SELECT balance FROM wallets WHERE user_id = $1 AND currency = 'coins'", [.text(userID)]
            ).first?.int("balance")
            return (Earned(coins: 0, coinsAfter: balance ?? 0, points: 0, isCapped: false, awardID: nil), nil)
        }
        let type = try found.stringOrNil("type")
        let thing = EarningThing(userID: userID, kind: kind, reference: id, type: type, isOwn: true)
        return (try PostgresEarnings.pay(for: thing, board: board, now: now, on: connection), type)
    }

    private static func mark(
        _ id: String, _ earned: Earned, type: String?, on connection: PostgresConnection
    ) throws {
        try connection.execute(
            """
            UPDATE challenges SET status = 'completed', completed_at = clock_timestamp(), coins_earned = $2,
                points_earned = $3, coins_after = $4, capped = $5, award_id = $6, type = $7
            WHERE challenge_id = $1
            """,
            [
                .text(id), .int(earned.coins), .int(earned.points), .int(earned.coinsAfter), .bool(earned.isCapped),
                .int(orNull: earned.awardID), .text(orNull: type),
            ])
    }

    private static func stored(_ row: PostgresRow) throws -> Earned {
        Earned(
            coins: try row.intOrNil("coins_earned") ?? 0, coinsAfter: try row.intOrNil("coins_after") ?? 0,
            points: try row.intOrNil("points_earned") ?? 0, isCapped: try row.boolOrNil("capped") ?? false,
            awardID: try row.intOrNil("award_id"))
    }
}

extension PostgresChallengeCompletions: ChallengeCompletions {
    /// See `ChallengeCompletions`.
    package func complete(
        _ id: String, as userID: String, now: Int64
    ) async throws(StoreError) -> ChallengeCompletion {
        let board = board
        return try await pool.run { connection in
            try connection.transaction { try Self.complete(id, as: userID, board: board, now: now, on: $0) }
        }
    }

    /// See `ChallengeCompletions`.
    package func keep(_ outcome: String, of id: String) async throws(StoreError) -> String? {
        try await pool.run { connection in
            // The one that comes first stays.
            try connection.query(
                "UPDATE challenges SET outcome = coalesce(outcome, $2) WHERE challenge_id = $1 RETURNING outcome",
                [.text(id), .json(outcome)]
            ).first?.string("outcome")
        }
    }
}
