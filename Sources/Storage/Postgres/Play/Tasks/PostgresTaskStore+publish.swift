import Leaderboard
import Play
import PostgresClient

extension PostgresTaskStore {
    /// See `TaskStore`.
    package func publish(to userID: String, now: Int64) async throws(StoreError) {
        try await pool.run { connection in
            let (templates, ids) = try Self.current(for: userID, now: now, on: connection)
            if !templates.isEmpty { try Self.make(templates, ids, for: userID, on: connection) }
            try connection.execute(
                """
                UPDATE tasks SET status = 'archived'
                WHERE user_id = $1 AND source = $2 AND status IN ('open', 'in_progress')
                    AND external_id IS NOT NULL AND NOT external_id = ANY($3)
                """, [.text(userID), .text(UserTask.templateSource), .textArray(ids)])
        }
    }

    /// The templates, and the external id of the present task of each.
    static func current(
        for userID: String, now: Int64, on connection: PostgresConnection
    ) throws -> (templates: [String], ids: [String]) {
        let rows = try connection.query(
            """
            SELECT template_id, repeat, (SELECT time_zone FROM profiles WHERE user_id = $1) AS zone
            FROM task_templates ORDER BY created_at, template_id
            """, [.text(userID)]
        ).rows
        var (templates, ids): ([String], [String]) = ([], [])
        for row in rows {
            guard let rhythm = TaskRepeat(rawValue: try row.string("repeat")) else {
                throw StoreError(.corrupt, "a template repeats in a way that this version does not know")
            }
            let id = try row.string("template_id")
            templates.append(id)
            ids.append(
                TemplatePeriod.externalID(of: id, rhythm, at: now, timeZone: try row.stringOrNil("zone")))
        }
        return (templates, ids)
    }

    /// Makes the tasks that are not there. Most often none is missing, so they are looked for first: a conflict would
    /// use up a number each time.
    private static func make(
        _ templates: [String], _ ids: [String], for userID: String, on connection: PostgresConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO tasks (user_id, title, description, type, priority, tags, metadata, source, external_id)
            SELECT $1, title, description, type, priority, tags, metadata, $2, wanted.external_id
            FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS wanted (template_id, external_id, place)
            JOIN task_templates USING (template_id)
            WHERE NOT EXISTS (
                SELECT FROM tasks WHERE user_id = $1 AND source = $2 AND tasks.external_id = wanted.external_id)
            ORDER BY wanted.place
            ON CONFLICT (user_id, source, external_id) WHERE external_id IS NOT NULL DO NOTHING
            """, [.text(userID), .text(UserTask.templateSource), .textArray(templates), .textArray(ids)])
    }
}
