import Leaderboard
import Play
import PostgresClient

/// Rows of `tasks`.
enum TaskRow {
    static let columns = """
        task_id, user_id, title, description, type, status, priority, tags, metadata, source, external_id,
            floor(extract(epoch FROM due_at) * 1000)::bigint AS due,
            floor(extract(epoch FROM created_at) * 1000)::bigint AS created,
            floor(extract(epoch FROM completed_at) * 1000)::bigint AS completed
        """

    static func task(_ row: PostgresRow) throws -> UserTask {
        guard let status = TaskStatus(rawValue: try row.string("status")) else {
            throw StoreError(.corrupt, "a task has a status that this version does not know")
        }
        return UserTask(
            id: try row.int("task_id"), userID: try row.string("user_id"), content: try content(row), status: status,
            dueAt: try row.intOrNil("due"), source: try row.string("source"),
            externalID: try row.stringOrNil("external_id"), createdAt: try row.int("created"),
            completedAt: try row.intOrNil("completed"))
    }

    /// The columns that tasks and templates share.
    static func content(_ row: PostgresRow) throws -> TaskContent {
        var content = TaskContent(title: try row.string("title"))
        content.description = try row.string("description")
        content.type = try row.stringOrNil("type")
        content.priority = try row.int("priority")
        content.tags = try row.textArray("tags").compactMap { $0 }
        content.metadata = try row.string("metadata")
        return content
    }

    /// The values of title, description, type, priority, tags and metadata.
    static func values(_ content: TaskContent) -> [PostgresValue] {
        [
            .text(content.title), .text(content.description), .text(orNull: content.type), .int(content.priority),
            .textArray(content.tags), .json(content.metadata),
        ]
    }

    /// Locks a task of a user in the transaction of the caller; nil if the user has no such task.
    static func locked(_ id: Int64, of userID: String, on connection: PostgresConnection) throws -> UserTask? {
        try connection.query(
            "SELECT \(columns) FROM tasks WHERE task_id = $1 AND user_id = $2 AND deleted_at IS NULL FOR UPDATE",
            [.int(id), .text(userID)]
        ).first.map { try task($0) }
    }
}

/// The lock of a user of play: whoever counts a user's rows to keep within a limit holds it until the end of the
/// transaction. It comes after the lock of a task or a challenge, and before that of a wallet, so that no two
/// transactions wait for each other.
enum PlayerLock {
    /// Tells these locks apart from others of the same hash.
    private static let seed: Int64 = 13

    static func take(_ userID: String, on connection: PostgresConnection) throws {
        try connection.query(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))", [.text(userID), .int(seed)])
    }
}
