import Basics
import Leaderboard
import Play
import PostgresClient
import StrictJSON

/// The challenges in Postgres that wait to be generated.
public struct PostgresChallengeQueue: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    private static let claim = """
        WITH taken AS (
            UPDATE challenges
            SET available_at = clock_timestamp() + $2 * interval '1 millisecond', tries = tries + 1
            WHERE challenge_id IN (
                SELECT challenge_id FROM challenges
                WHERE status = 'generating' AND available_at <= statement_timestamp()
                ORDER BY available_at LIMIT $1 FOR UPDATE SKIP LOCKED)
            RETURNING challenge_id, user_id, task_id, difficulty)
        SELECT challenge_id, taken.user_id, difficulty, title, description, type, priority, tags, preferences
        FROM taken
            LEFT JOIN tasks ON tasks.task_id = taken.task_id AND tasks.user_id = taken.user_id
                AND deleted_at IS NULL
            LEFT JOIN profiles ON profiles.user_id = taken.user_id
        """

    private static func work(_ row: PostgresRow) throws -> ChallengeWork {
        let task = try row.stringOrNil("title").map { title in
            ChallengeTask(
                title: title, description: try row.string("description"), type: try row.stringOrNil("type"),
                priority: try row.int("priority"), tags: try row.textArray("tags").compactMap { $0 })
        }
        return ChallengeWork(
            id: try row.string("challenge_id"), ownerID: try row.string("user_id"),
            // A difficulty of a later version is made as an ordinary one.
            difficulty: ChallengeDifficulty(rawValue: try row.string("difficulty")) ?? .medium, task: task,
            preferences: try row.stringOrNil("preferences") ?? "{}")
    }

    /// Tells the owner.
    private static func notify(_ seen: SeenChallenge, on connection: PostgresConnection) throws {
        let challenge = seen.challenge
        var data = JSONWriter(to: [UInt8]())
        data.beginObject()
        data.member("challenge", challenge.id)
        data.endObject()
        try PostgresNotifications.add(
            kind: .challenge, user: challenge.ownerID, reference: challenge.id,
            title: "Your challenge is ready: \(challenge.content?.title ?? "")",
            data: String(decoding: data.sink, as: UTF8.self), on: connection)
    }
}

extension PostgresChallengeQueue: ChallengeQueue {
    /// See `ChallengeQueue`.
    package func claim(limit: Int, lease: Duration) async throws(StoreError) -> [ChallengeWork] {
        try await pool.run { connection in
            try connection.query(
                Self.claim, [.int(Int64(max(limit, 0))), .int(lease.wholeMilliseconds)]
            ).rows.map { try Self.work($0) }
        }
    }

    /// See `ChallengeQueue`.
    package func finish(
        _ work: ChallengeWork, _ made: GeneratedChallenge
    ) async throws(StoreError) -> SeenChallenge? {
        try await pool.run { connection in
            try connection.transaction { connection in
                let finished = try connection.query(
                    """
                    UPDATE challenges SET status = 'ready', title = $2, description = $3, steps = $4, hints = $5,
                        generated_by = $6, ready_at = clock_timestamp()
                    WHERE challenge_id = $1 AND status = 'generating' RETURNING task_id, user_id
                    """,
                    [
                        .text(work.id), .text(made.content.title), .text(made.content.description),
                        .json(ChallengeRow.json(made.content.steps)), .json(ChallengeRow.json(made.content.hints)),
                        .text(made.origin.rawValue),
                    ]
                ).first
                guard let finished else { return nil }
                let owner = try finished.string("user_id")
                if let type = made.understoodType, let task = try finished.intOrNil("task_id") {
                    try connection.execute(
                        """
                        UPDATE tasks SET type = $3
                        WHERE task_id = $1 AND user_id = $2 AND type IS NULL AND completed_at IS NULL
                        """, [.int(task), .text(owner), .text(type)])
                }
                guard let seen = try ChallengeRow.seen(work.id, by: owner, on: connection) else { return nil }
                try Self.notify(seen, on: connection)
                return seen
            }
        }
    }

    /// See `ChallengeQueue`.
    package func release(_ id: String) async throws(StoreError) {
        try await pool.run { connection in
            _ = try connection.execute(
                """
                UPDATE challenges SET available_at = clock_timestamp()
                WHERE challenge_id = $1 AND status = 'generating'
                """, [.text(id)])
        }
    }
}
