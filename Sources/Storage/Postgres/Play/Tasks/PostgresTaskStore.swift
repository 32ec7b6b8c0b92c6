import Leaderboard
import Play
import PostgresClient

/// Tasks in Postgres: table `tasks`.
public struct PostgresTaskStore: Sendable {
    let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }
}

extension PostgresTaskStore: TaskStore {
    /// See `TaskStore`.
    package func tasks(_ search: TaskSearch) async throws(StoreError) -> [UserTask] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(TaskRow.columns) FROM tasks
                WHERE user_id = $1 AND deleted_at IS NULL AND task_id < $2 AND ($3::text IS NULL OR status = $3)
                    AND ($4::text IS NULL OR type = $4) AND ($5::text IS NULL OR source = $5)
                    AND ($6::timestamptz IS NULL OR due_at < $6)
                ORDER BY task_id DESC LIMIT $7
                """,
                [
                    .text(search.userID), .int(search.before ?? .max), .text(orNull: search.status?.rawValue),
                    .text(orNull: search.type), .text(orNull: search.source), Self.time(search.dueBefore),
                    .int(Int64(max(search.limit, 0))),
                ]
            ).rows.map { try TaskRow.task($0) }
        }
    }

    /// See `TaskStore`.
    package func task(_ id: Int64, of userID: String) async throws(StoreError) -> UserTask? {
        try await pool.run { connection in
            try connection.query(
                "SELECT \(TaskRow.columns) FROM tasks WHERE task_id = $1 AND user_id = $2 AND deleted_at IS NULL",
                [.int(id), .text(userID)]
            ).first.map { try TaskRow.task($0) }
        }
    }

    /// See `TaskStore`.
    package func add(
        _ content: TaskContent, status: TaskStatus, dueAt: Int64?, of userID: String
    ) async throws(StoreError) -> UserTask? {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard try Self.hasRoom(userID, on: connection) else { return nil }
                return try connection.query(
                    """
                    INSERT INTO tasks (title, description, type, priority, tags, metadata, user_id, status, due_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING \(TaskRow.columns)
                    """, TaskRow.values(content) + [.text(userID), .text(status.rawValue), Self.time(dueAt)]
                ).first.map { try TaskRow.task($0) }
            }
        }
    }

    /// See `TaskStore`.
    package func change(
        _ id: Int64, of userID: String, _ change: TaskChange
    ) async throws(StoreError) -> TaskChangeOutcome {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard let task = try TaskRow.locked(id, of: userID, on: connection) else { return .unknown }
                switch change.decision(for: task) {
                case .closed: return .closed
                case .notOwn: return .notOwn
                case .become(let changed, let reopens):
                    if reopens, try !Self.hasRoom(userID, on: connection) { return .tooMany }
                    try connection.execute(
                        """
                        UPDATE tasks SET title = $1, description = $2, type = $3, priority = $4, tags = $5,
                            metadata = $6, status = $8, due_at = $9
                        WHERE task_id = $7
                        """,
                        TaskRow.values(changed.content)
                            + [.int(id), .text(changed.status.rawValue), Self.time(changed.dueAt)])
                    return .changed(changed)
                }
            }
        }
    }

    /// See `TaskStore`.
    package func delete(_ id: Int64, of userID: String) async throws(StoreError) -> TaskDeletion {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard let task = try TaskRow.locked(id, of: userID, on: connection) else { return .unknown }
                guard task.isOwn else { return .notOwn }
                let erase =
                    """
                    UPDATE tasks SET deleted_at = clock_timestamp(), title = '', description = '', tags = '{}',
                        metadata = '{}', outcome = NULL WHERE task_id = $1
                    """
                try connection.execute(task.isCompleted ? erase : "DELETE FROM tasks WHERE task_id = $1", [.int(id)])
                return .deleted
            }
        }
    }

    /// Whether the user may have one more open task. The caller's transaction holds the answer until its end.
    private static func hasRoom(_ userID: String, on connection: PostgresConnection) throws -> Bool {
        try PlayerLock.take(userID, on: connection)
        let open = try connection.query(
            "SELECT count(*) AS open FROM tasks WHERE user_id = $1 AND status IN ('open', 'in_progress')",
            [.text(userID)]
        ).first?.int("open")
        return (open ?? 0) < UserTask.openMax
    }

    private static func time(_ milliseconds: Int64?) -> PostgresValue {
        milliseconds.map { .timestamp(milliseconds: $0) } ?? .null
    }
}
