import Awards
import Basics
import Leaderboard
import PostgresClient
import Worker

/// Awards in Postgres: table `awards`.
public struct PostgresAwards: AwardStore {
    let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// Stores an award in the transaction of the caller, which also stores what earned it. A user gets one award for
    /// each kind and reference: if there is one, nothing changes, whatever else the draft says.
    ///
    /// - Parameter now: the issue time of the first action id, in ms since 1970.
    /// - Returns: the id of the row. Once the transaction is committed, pass it to `AwardDesk`.
    package static func add(_ draft: AwardDraft, now: Int64, on connection: PostgresConnection) throws -> Int64 {
        let key: [PostgresValue] = [.text(draft.userID), .text(draft.kind), .text(draft.reference)]
        let added = try connection.query(
            """
            INSERT INTO awards (user_id, kind, reference, board, points, nonce, issued_at, available_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8::bigint * interval '1 millisecond')
            ON CONFLICT (user_id, kind, reference) DO NOTHING RETURNING award_id
            """,
            key + [
                .text(draft.board), .int(draft.points), .text(Award.makeNonce()), .timestamp(milliseconds: now),
                .int(AwardTiming.makerHold.wholeMilliseconds),
            ])
        if let row = added.first { return try row.int("award_id") }
        let before = try connection.query(
            "SELECT award_id FROM awards WHERE user_id = $1 AND kind = $2 AND reference = $3", key)
        guard let row = before.first else {
            throw StoreError(.unavailable, "an award was deleted while it was given again")
        }
        return try row.int("award_id")
    }

    /// See `AwardStore`. The index finds what is due by the time of the statement. `clock_timestamp()` may change from
    /// row to row, so Postgres would read all open awards.
    public func claim(upTo limit: Int) async throws(StoreError) -> [Award] {
        try await pool.run { connection in
            try connection.query(
                """
                WITH due AS MATERIALIZED (
                    SELECT award_id FROM awards WHERE state = 'open' AND available_at <= statement_timestamp()
                    ORDER BY available_at LIMIT $1 FOR UPDATE SKIP LOCKED)
                UPDATE awards SET \(Self.take("$2")) FROM due WHERE awards.award_id = due.award_id
                RETURNING \(Self.columns)
                """, [.int(Int64(max(limit, 0))), Self.lease]
            ).rows.map { try Self.award($0) }
        }
    }

    /// See `AwardStore`.
    public func claim(_ id: Int64) async throws(StoreError) -> AwardClaim {
        try await pool.run { connection in
            let taken = try connection.query(
                """
                UPDATE awards SET \(Self.take("$2"))
                WHERE award_id = $1 AND state = 'open' AND (tries = 0 OR available_at <= clock_timestamp())
                RETURNING \(Self.columns)
                """, [.int(id), Self.lease])
            if let row = taken.first { return .taken(try Self.award(row)) }
            guard let state = try Self.state(of: id, on: connection) else { return .unknown }
            return state == .pending ? .held : .settled(state)
        }
    }

    /// See `AwardStore`.
    public func settle(_ award: Award, as settlement: AwardSettlement) async throws(StoreError) -> Bool {
        let values: [PostgresValue] =
            switch settlement {
            case .applied(let score, let rank): ["applied", .int(score), .int(rank), .null]
            case .refused(let refusal): ["refused", .null, .null, .text(refusal.rawValue)]
            }
        return try await pool.run { connection in
            try connection.execute(
                """
                UPDATE awards SET state = $3, score = $4, rank = $5, refusal = $6, settled_at = clock_timestamp()
                WHERE \(Self.isAttempt)
                """, Self.attempt(award) + values) == 1
        }
    }

    /// See `AwardStore`.
    public func renew(_ award: Award, issuedAt: Int64) async throws(StoreError) -> Award? {
        try await pool.run { connection in
            try connection.query(
                """
                UPDATE awards SET attempt = attempt + 1, nonce = $3, issued_at = $4,
                    available_at = clock_timestamp() + $5::bigint * interval '1 millisecond'
                WHERE \(Self.isAttempt) RETURNING \(Self.columns)
                """,
                Self.attempt(award) + [
                    .text(Award.makeNonce()), .timestamp(milliseconds: issuedAt), Self.lease,
                ]
            ).first.map { try Self.award($0) }
        }
    }

    /// See `AwardStore`.
    public func postpone(_ award: Award, for wait: Duration) async throws(StoreError) {
        _ = try await pool.run { connection in
            try connection.execute(
                """
                UPDATE awards SET available_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
                WHERE \(Self.isAttempt)
                """, Self.attempt(award) + [.int(wait.wholeMilliseconds)])
        }
    }

    /// See `AwardStore`.
    public func backlog() async throws(StoreError) -> AwardBacklog {
        try await pool.run { connection in
            guard
                let row = try connection.query(
                    """
                    SELECT count(*) AS open, coalesce(
                        floor(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000), 0)::bigint AS oldest
                    FROM awards WHERE state = 'open'
                    """
                ).first
            else { return AwardBacklog(open: 0, oldestMilliseconds: 0) }
            return AwardBacklog(open: try row.int("open"), oldestMilliseconds: try row.int("oldest"))
        }
    }

    // MARK: Rows

    /// Returns what has become of an award; nil if there is none. For readers that have a connection already.
    package static func state(of id: Int64, on connection: PostgresConnection) throws -> AwardState? {
        let found = try connection.query(
            "SELECT state, score, rank FROM awards WHERE award_id = $1", [.int(id)])
        guard let row = found.first else { return nil }
        switch try row.string("state") {
        case "open": return .pending
        case "applied": return .applied(score: try row.int("score"), rank: try row.int("rank"))
        default: return .refused
        }
    }

    private static let lease = PostgresValue.int(AwardTiming.lease.wholeMilliseconds)

    private static func take(_ lease: String) -> String {
        "tries = tries + 1, available_at = clock_timestamp() + \(lease)::bigint * interval '1 millisecond'"
    }

    /// The condition of every change.
    private static let isAttempt = "award_id = $1 AND attempt = $2 AND state = 'open'"

    private static func attempt(_ award: Award) -> [PostgresValue] { [.int(award.id), .int(Int64(award.attempt))] }

    static let columns = """
        awards.award_id, user_id, kind, reference, board, points, attempt, nonce, tries,
            floor(extract(epoch FROM issued_at) * 1000)::bigint AS issued
        """

    static func award(_ row: PostgresRow) throws -> Award {
        Award(
            id: try row.int("award_id"),
            draft: AwardDraft(
                userID: try row.string("user_id"), kind: try row.string("kind"),
                reference: try row.string("reference"), board: try row.string("board"),
                points: try row.int("points")),
            attempt: Int(try row.int("attempt")), nonce: try row.string("nonce"), issuedAt: try row.int("issued"),
            tries: Int(try row.int("tries")))
    }
}
