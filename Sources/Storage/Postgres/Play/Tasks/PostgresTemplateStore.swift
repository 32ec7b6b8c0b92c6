import Leaderboard
import Play
import PostgresClient

/// Templates of tasks in Postgres: table `task_templates`.
public struct PostgresTemplateStore: TemplateStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// See `TemplateStore`.
    package func template(_ id: String) async throws(StoreError) -> TaskTemplate? {
        try await pool.run { connection in
            try connection.query("SELECT \(Self.columns) FROM task_templates WHERE template_id = $1", [.text(id)])
                .first.map { try Self.template($0) }
        }
    }

    /// See `TemplateStore`.
    package func templates(after: String?, limit: Int) async throws(StoreError) -> [TaskTemplate] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(Self.columns) FROM task_templates
                WHERE template_id COLLATE "C" > $1 ORDER BY template_id COLLATE "C" LIMIT $2
                """, [.text(after ?? ""), .int(Int64(max(limit, 0)))]
            ).rows.map { try Self.template($0) }
        }
    }

    /// See `TemplateStore`.
    package func put(_ template: TaskTemplate) async throws(StoreError) -> (template: TaskTemplate, isNew: Bool)? {
        try await pool.run { connection in
            try connection.transaction { connection in
                // So that no two templates are both the last one that fits.
                try connection.execute("LOCK TABLE task_templates IN SHARE ROW EXCLUSIVE MODE")
                let others = try connection.query(
                    "SELECT count(*) AS others FROM task_templates WHERE template_id <> $1", [.text(template.id)]
                ).first?.int("others")
                guard let others, others < TaskTemplate.countMax else { return nil }
                let row = try connection.query(
                    Self.upsert,
                    TaskRow.values(template.content) + [.text(template.id), .text(template.rhythm.rawValue)]
                ).first
                return try row.map { (try Self.template($0), try $0.bool("is_new")) }
            }
        }
    }

    /// See `TemplateStore`.
    package func delete(_ id: String) async throws(StoreError) -> Bool {
        try await pool.run { try $0.execute("DELETE FROM task_templates WHERE template_id = $1", [.text(id)]) > 0 }
    }

    private static let columns = """
        template_id, title, description, type, priority, tags, metadata, repeat,
            floor(extract(epoch FROM created_at) * 1000)::bigint AS created,
            floor(extract(epoch FROM updated_at) * 1000)::bigint AS updated
        """

    private static let upsert = """
        INSERT INTO task_templates (title, description, type, priority, tags, metadata, template_id, repeat)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (template_id) DO UPDATE SET
            title = EXCLUDED.title, description = EXCLUDED.description, type = EXCLUDED.type,
            priority = EXCLUDED.priority, tags = EXCLUDED.tags, metadata = EXCLUDED.metadata,
            repeat = EXCLUDED.repeat, updated_at = clock_timestamp()
        RETURNING \(columns), xmax = 0 AS is_new
        """

    private static func template(_ row: PostgresRow) throws -> TaskTemplate {
        guard let rhythm = TaskRepeat(rawValue: try row.string("repeat")) else {
            throw StoreError(.corrupt, "a template repeats in a way that this version does not know")
        }
        return TaskTemplate(
            id: try row.string("template_id"), content: try TaskRow.content(row), rhythm: rhythm,
            createdAt: try row.int("created"), updatedAt: try row.int("updated"))
    }
}
