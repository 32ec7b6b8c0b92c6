import Leaderboard
import PostgresClient

/// Renames a deleted user in the tables that nobody folds: suspicions, findings of audits, and the audit log.
struct RestRenaming {
    private let erasure: Erasure

    init(_ erasure: Erasure) {
        self.erasure = erasure
    }

    /// Rows of before the request. Nodes write some of them a little later, so that the bound has some room.
    private static let bound = """
        (SELECT requested_at + interval '10 seconds' FROM user_deletions WHERE pseudonym = $2)
        """

    func rename(on connection: PostgresConnection) throws {
        let names: [PostgresValue] = [.text(erasure.userID), .text(erasure.pseudonym)]
        // One that came late is added to the one of its minute.
        try connection.execute(
            """
            WITH moved AS (
                DELETE FROM suspicions WHERE user_id = $1 AND first_at <= \(Self.bound) RETURNING *
            )
            INSERT INTO suspicions (minute, user_id, reason, attempts, first_at, last_at, board, action_id, points,
                nonce, signature, presented, node)
            SELECT minute, $2, reason, attempts, first_at, last_at, board, action_id, points, nonce, signature,
                presented, node
            FROM moved
            ON CONFLICT (minute, user_id, reason) DO UPDATE SET
                attempts = suspicions.attempts + EXCLUDED.attempts,
                first_at = least(suspicions.first_at, EXCLUDED.first_at),
                last_at = greatest(suspicions.last_at, EXCLUDED.last_at),
                points = greatest(suspicions.points, EXCLUDED.points)
            """, names)
        try connection.execute(
            """
            UPDATE audit_findings SET user_id = $2,
                evidence = jsonb_set(evidence::jsonb, '{user_id}', to_jsonb($2::text), false)::json
            WHERE user_id = $1 AND found_at <= \(Self.bound)
            """, names)
        try connection.execute(
            """
            UPDATE audit_log SET actor = CASE WHEN actor = $1 THEN $2 ELSE actor END,
                subject = CASE WHEN subject = $1 THEN $2 ELSE subject END,
                detail = replace(detail::text, to_jsonb($1::text)::text, to_jsonb($2::text)::text)::jsonb
            WHERE (actor = $1 OR subject = $1) AND at <= \(Self.bound)
            """, names)
        // Each statement that changes keys makes all nodes read them again.
        let made = try connection.query(
            "SELECT EXISTS (SELECT FROM api_keys WHERE created_by = $1) AS made", [names[0]]
        ).first
        if try made?.bool("made") == true {
            try connection.execute("UPDATE api_keys SET created_by = $2 WHERE created_by = $1", names)
        }
    }

    /// Removes nonces, signatures and what was presented as action ids.
    func strip(on connection: PostgresConnection) throws {
        try connection.execute(
            "UPDATE suspicions SET nonce = NULL, signature = NULL, presented = NULL WHERE user_id = $1",
            [.text(erasure.pseudonym)])
    }
}
