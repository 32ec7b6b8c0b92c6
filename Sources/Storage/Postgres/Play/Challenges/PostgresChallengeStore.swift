import Leaderboard
import Play
import Players
import PostgresClient

/// Challenges in Postgres: tables `challenges` and `challenge_members`.
public struct PostgresChallengeStore: Sendable {
    let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }
}

extension PostgresChallengeStore: ChallengeStore {
    /// See `ChallengeStore`.
    package func add(_ draft: ChallengeDraft) async throws(StoreError) -> ChallengeAddition {
        try await pool.run { connection in
            try connection.transaction { connection in
                // No two challenges are both the last one that the user may have.
                try PlayerLock.take(draft.ownerID, on: connection)
                let owner = PostgresValue.text(draft.ownerID)
                let task = try connection.query(
                    "SELECT status FROM tasks WHERE task_id = $1 AND user_id = $2 AND deleted_at IS NULL",
                    [.int(draft.taskID), owner]
                ).first
                guard let task else { return .unknownTask }
                guard ["open", "in_progress"].contains(try task.string("status")) else { return .taskClosed }
                let counts = try connection.query(
                    """
                    SELECT count(*) AS uncompleted, count(*) FILTER (WHERE status = 'generating') AS generating
                    FROM challenges WHERE user_id = $1 AND status <> 'completed'
                    """, [owner]
                ).first
                guard let counts, try counts.int("uncompleted") < Challenge.uncompletedMax,
                    try counts.int("generating") < Challenge.generatingMax
                else { return .tooMany }
                try connection.execute(
                    "INSERT INTO challenges (challenge_id, user_id, task_id, difficulty) VALUES ($1, $2, $3, $4)",
                    [.text(draft.id), owner, .int(draft.taskID), .text(draft.difficulty.rawValue)])
                try connection.execute(
                    "INSERT INTO challenge_members (challenge_id, user_id) VALUES ($1, $2)", [.text(draft.id), owner])
                return .added
            }
        }
    }

    /// See `ChallengeStore`.
    package func challenge(_ id: String, for userID: String) async throws(StoreError) -> SeenChallenge? {
        try await pool.run { try ChallengeRow.seen(id, by: userID, on: $0) }
    }

    /// See `ChallengeStore`.
    package func challenges(_ search: ChallengeSearch) async throws(StoreError) -> [SeenChallenge] {
        try await pool.run { connection in
            // Joined times of the same microsecond are told apart by the id.
            try connection.query(
                """
                \(ChallengeRow.select)
                WHERE challenge_members.user_id = $1 AND ($2::text IS NULL OR status = $2)
                    AND ($3::bigint IS NULL OR (floor(extract(epoch FROM joined_at) * 1000000)::bigint,
                        challenges.challenge_id COLLATE "C") < ($3, $4::text COLLATE "C"))
                ORDER BY joined_at DESC, challenges.challenge_id COLLATE "C" DESC LIMIT $5
                """,
                [
                    .text(search.userID), .text(orNull: search.status?.rawValue), .int(orNull: search.after?.joinedAt),
                    .text(orNull: search.after?.id), .int(Int64(max(search.limit, 0))),
                ]
            ).rows.map { try ChallengeRow.seen($0, by: search.userID) }
        }
    }

    /// See `ChallengeStore`.
    package func join(_ id: String, as userID: String) async throws(StoreError) -> ChallengeActOutcome {
        try await pool.run { connection in
            try connection.transaction { try MemberRow.join(id, as: userID, mayGenerate: true, on: $0) }
        }
    }

    /// See `ChallengeStore`.
    package func update(_ progress: RoomProgress, in id: String) async throws(StoreError) -> ChallengeActOutcome {
        try await pool.run { connection in
            try connection.transaction { connection in
                let outcome = try MemberRow.join(id, as: progress.userID, mayGenerate: false, on: connection)
                guard case .done = outcome else { return outcome }
                let changed = try connection.execute(
                    """
                    UPDATE challenge_members SET progress = $3, state = $4, stamp = $5, updated_at = clock_timestamp()
                    WHERE challenge_id = $1 AND user_id = $2 AND stamp < $5
                    """,
                    [
                        .text(id), .text(progress.userID), .int(Int64(progress.progress)),
                        progress.state.map { .json($0) } ?? .null, .int(progress.stamp),
                    ])
                return .done(isNew: changed > 0)
            }
        }
    }

    /// See `ChallengeStore`.
    package func latest(in id: String, limit: Int) async throws(StoreError) -> [RoomProgress] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT user_id, progress, state, stamp FROM challenge_members
                WHERE challenge_id = $1 AND stamp > 0 ORDER BY updated_at DESC, user_id COLLATE "C" LIMIT $2
                """, [.text(id), .int(Int64(max(limit, 0)))]
            ).rows.map { row in
                RoomProgress(
                    userID: try row.string("user_id"), progress: Int(try row.int("progress")),
                    state: try row.stringOrNil("state"), stamp: try row.int("stamp"))
            }
        }
    }

    /// See `ChallengeStore`.
    package func takeHint(of id: String, as userID: String) async throws(StoreError) -> HintOutcome {
        try await pool.run { connection in
            do {
                return try connection.transaction { try HintSale.take(of: id, as: userID, on: $0) }
            } catch is HintSale.TooExpensive {
                return .insufficientFunds
            }
        }
    }
}
