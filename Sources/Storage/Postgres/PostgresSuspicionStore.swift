import Leaderboard
import PostgresClient

/// Suspicions in Postgres: table `suspicions`.
public struct PostgresSuspicionStore: SuspicionStore {
    private let pool: PostgresPool
    private let node: String

    /// - Parameters:
    ///   - pool: connections to a migrated database.
    ///   - node: this node's name, written to the rows.
    public init(pool: PostgresPool, node: String) {
        self.pool = pool
        self.node = node
    }

    /// See `SuspicionStore`. Takes one statement, however many summaries there are.
    public func add(_ summaries: [SuspicionSummary]) async throws(StoreError) {
        guard !summaries.isEmpty else { return }
        let values = values(summaries)
        do {
            try await pool.withConnection { try $0.execute(Self.statement, values) }
        } catch {
            throw StoreError(postgres: error)
        }
    }

    /// Rows are written in the same order on all nodes, so that two nodes never wait for each other's rows.
    private static let statement = """
        INSERT INTO suspicions (minute, user_id, reason, attempts, first_at, last_at, board, action_id, points, nonce,
            signature, presented, node)
        SELECT to_timestamp(minute / 1000), user_id, reason, attempts, to_timestamp(first_at / 1000.0),
            to_timestamp(last_at / 1000.0), board, action_id, points::bigint, nonce, signature, presented, $13
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
            AS seen (minute, user_id, reason, attempts, first_at, last_at, board, action_id, points, nonce, signature,
                presented)
        ORDER BY minute, user_id COLLATE "C", reason COLLATE "C"
        ON CONFLICT (minute, user_id, reason) DO UPDATE SET
            attempts = suspicions.attempts + EXCLUDED.attempts,
            first_at = least(suspicions.first_at, EXCLUDED.first_at),
            last_at = greatest(suspicions.last_at, EXCLUDED.last_at),
            points = greatest(suspicions.points, EXCLUDED.points)
        """

    private func values(_ summaries: [SuspicionSummary]) -> [PostgresValue] {
        let actions = summaries.map(\.first.action)
        return [
            .intArray(summaries.map(\.minute)), .textArray(summaries.map(\.first.userID)),
            .textArray(summaries.map(\.first.reason)), .intArray(summaries.map(\.attempts)),
            .intArray(summaries.map(\.first.at)), .intArray(summaries.map(\.lastAt)),
            .textArray(actions.map { $0?.board }), .textArray(actions.map { $0?.action }),
            .textArray(summaries.map { $0.pointsMax.map { String($0) } }), .textArray(actions.map { $0?.nonce }),
            .textArray(actions.map { $0?.signature }), .textArray(summaries.map(\.first.presented)), .text(node),
        ]
    }
}
