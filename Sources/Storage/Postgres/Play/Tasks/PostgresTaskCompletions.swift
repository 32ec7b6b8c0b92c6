import Leaderboard
import Play
import PostgresClient

/// Completions of tasks in Postgres: table `tasks`, and what ``PostgresEarnings`` writes.
public struct PostgresTaskCompletions: Sendable {
    private let pool: PostgresPool
    private let board: String

    /// - Parameters:
    ///   - pool: connections to a migrated database.
    ///   - board: gets the points.
    public init(pool: PostgresPool, board: String) {
        self.pool = pool
        self.board = board
    }

    private static let mark = """
        UPDATE tasks SET status = 'done', completed_at = clock_timestamp(), coins_earned = $2, points_earned = $3,
            coins_after = $4, capped = $5, award_id = $6
        WHERE task_id = $1 RETURNING \(TaskRow.columns)
        """

    private static func complete(
        _ task: UserTask, board: String, now: Int64, on connection: PostgresConnection
    ) throws -> TaskCompletion {
        let thing = EarningThing(
            userID: task.userID, kind: "task", reference: String(task.id), type: task.content.type, isOwn: task.isOwn)
        let earned = try PostgresEarnings.pay(for: thing, board: board, now: now, on: connection)
        let marked = try connection.query(
            mark,
            [
                .int(task.id), .int(earned.coins), .int(earned.points), .int(earned.coinsAfter),
                .bool(earned.isCapped), .int(orNull: earned.awardID),
            ])
        guard let row = marked.first else { throw StoreError(.corrupt, "a task that was locked is not there") }
        let record = CompletionRecord(userID: task.userID, earned: earned, outcome: nil, isReplay: false)
        return .completed(try TaskRow.task(row), record)
    }

    /// Whether a task of a template is the present one. Those of past periods are archived, but a user can reopen one
    /// after that, and complete it before it is archived again.
    private static func isPresent(
        _ task: UserTask, now: Int64, on connection: PostgresConnection
    ) throws -> Bool {
        guard task.source == UserTask.templateSource, let id = task.externalID else { return true }
        return try PostgresTaskStore.current(for: task.userID, now: now, on: connection).ids.contains(id)
    }

    private static func stored(_ task: UserTask, on connection: PostgresConnection) throws -> TaskCompletion {
        let found = try connection.query(
            "SELECT coins_earned, points_earned, coins_after, capped, award_id, outcome FROM tasks WHERE task_id = $1",
            [.int(task.id)])
        guard let row = found.first else { throw StoreError(.corrupt, "a task that was locked is not there") }
        let earned = Earned(
            coins: try row.intOrNil("coins_earned") ?? 0, coinsAfter: try row.intOrNil("coins_after") ?? 0,
            points: try row.intOrNil("points_earned") ?? 0, isCapped: try row.boolOrNil("capped") ?? false,
            awardID: try row.intOrNil("award_id"))
        let outcome = try row.stringOrNil("outcome")
        return .completed(
            task, CompletionRecord(userID: task.userID, earned: earned, outcome: outcome, isReplay: true))
    }
}

extension PostgresTaskCompletions: TaskCompletions {
    /// See `TaskCompletions`.
    package func complete(
        _ id: Int64, of userID: String, now: Int64
    ) async throws(StoreError) -> TaskCompletion {
        let board = board
        return try await pool.run { connection in
            try connection.transaction { connection in
                guard let task = try TaskRow.locked(id, of: userID, on: connection) else { return .unknown }
                if task.isCompleted { return try Self.stored(task, on: connection) }
                guard task.status.isOpen, try Self.isPresent(task, now: now, on: connection) else { return .closed }
                return try Self.complete(task, board: board, now: now, on: connection)
            }
        }
    }

    /// See `TaskCompletions`.
    package func keep(_ outcome: String, of id: Int64) async throws(StoreError) -> String? {
        try await pool.run { connection in
            // The one that comes first stays. A deleted task keeps nothing.
            try connection.query(
                """
                UPDATE tasks SET outcome = coalesce(outcome, $2) WHERE task_id = $1 AND deleted_at IS NULL
                RETURNING outcome
                """, [.int(id), .json(outcome)]
            ).first?.string("outcome")
        }
    }
}
