import Access
import Basics
import Leaderboard
import PostgresClient

/// The answers to requests with an `Idempotency-Key`, in Postgres: table `idempotency_keys`.
///
/// All times are Postgres' own, so that nodes with different clocks agree.
public struct PostgresIdempotencyStore: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Takes a key that is new, whose 24 hours are over, or whose node died at least a minute ago while it ran the same
    /// request. The lock is the end of its time, in µs since 1970.
    private static let take = """
        INSERT INTO idempotency_keys AS known (user_id, key, request_hash, created_at, locked_until)
        VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + interval '60 seconds')
        ON CONFLICT (user_id, key) DO UPDATE SET
            request_hash = EXCLUDED.request_hash, created_at = EXCLUDED.created_at,
            locked_until = EXCLUDED.locked_until, status = NULL, body = NULL
        WHERE known.created_at <= clock_timestamp() - interval '24 hours'
            OR known.status IS NULL AND known.locked_until <= clock_timestamp()
                AND known.request_hash = EXCLUDED.request_hash
        RETURNING (extract(epoch FROM locked_until) * 1000000)::bigint AS lock
        """

    private static let look = """
        SELECT request_hash = $3 AS is_same, status, encode(body, 'hex') AS body FROM idempotency_keys
        WHERE user_id = $1 AND key = $2
        """

    private static let isLocked = """
        WHERE user_id = $1 AND key = $2 AND status IS NULL
            AND (extract(epoch FROM locked_until) * 1000000)::bigint = $3
        """
    private static let keep = "UPDATE idempotency_keys SET status = $4, body = $5 " + isLocked
    private static let forget = "DELETE FROM idempotency_keys " + isLocked
}

extension PostgresIdempotencyStore: IdempotencyStore {
    /// See `IdempotencyStore`.
    package func begin(_ request: IdempotentRequest) async throws -> IdempotencyStanding {
        let values: [PostgresValue] = [.text(request.user), .text(request.key), .bytes(request.fingerprint)]
        return try await pool.run { connection in
            if let row = try connection.query(Self.take, values).first { return .begun(lock: try row.int("lock")) }
            // The row can be gone by now: the first request has failed, and may be sent again.
            guard let row = try connection.query(Self.look, values).first else { return .inProgress }
            guard try row.bool("is_same") else { return .reused }
            guard let status = try row.intOrNil("status") else { return .inProgress }
            let body = Hexadecimal.bytes(try row.stringOrNil("body") ?? "") ?? []
            return .answered(IdempotentAnswer(status: Int(status), body: body))
        }
    }

    /// See `IdempotencyStore`.
    package func keep(_ answer: IdempotentAnswer, to request: IdempotentRequest, lock: Int64) async throws {
        let values: [PostgresValue] = [
            .text(request.user), .text(request.key), .int(lock), .int(Int64(answer.status)), .bytes(answer.body),
        ]
        _ = try await pool.run { try $0.execute(Self.keep, values) }
    }

    /// See `IdempotencyStore`.
    package func forget(_ request: IdempotentRequest, lock: Int64) async throws {
        let values: [PostgresValue] = [.text(request.user), .text(request.key), .int(lock)]
        _ = try await pool.run { try $0.execute(Self.forget, values) }
    }
}

extension PostgresIdempotencyStore {
    /// Deletes answers whose 24 hours are over. Rows that another node deletes at this moment are left to it.
    ///
    /// - Parameter limit: the most rows.
    /// - Returns: how many; if it is the limit, there may be more.
    package func sweep(limit: Int) async throws(StoreError) -> Int {
        try await pool.run { connection in
            try connection.execute(
                """
                DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '1 day'
                    LIMIT $1 FOR UPDATE SKIP LOCKED))
                """, [.int(Int64(limit))])
        }
    }
}
