import Leaderboard
import PostgresClient
import StrictJSON

/// The truth for the rebuild of a partition: the tables of the ledger, the scores, the archive and the catalogue.
public struct PostgresRebuildSource: RebuildSource {
    let session: PostgresPool
    private var pages: RowPages { RowPages(session: session) }

    /// - Parameter session: a pool of one connection to a migrated database, for one rebuild at a time.
    public init(session: PostgresPool) {
        self.session = session
    }

    // MARK: Rows

    /// See `RebuildSource`.
    public func standings(
        ofBoard board: String, _ body: @Sendable ([Standing]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        try await pages.each(
            """
            SELECT window_name, period, user_id, score, reached_seq,
                (extract(epoch FROM updated_at) * 1000)::bigint AS updated_ms
            FROM scores WHERE board = $1 ORDER BY window_name, period, user_id
            """, [.text(board)], { try Self.standing($0, board: board) }, body)
    }

    private static func standing(_ row: PostgresRow, board: String) throws -> Standing {
        Standing(
            ranking: Ranking(board: board, window: try row.string(0), period: try row.string(1)),
            userID: try row.string(2), score: try row.int(3), reachedSeq: try row.int(4), updatedAt: try row.int(5))
    }

    /// See `RebuildSource`.
    public func archivedTop(_ sealed: SealedRanking, limit: Int) async throws(StoreError) -> [Standing] {
        try await session.run { connection in
            let rows = try connection.query(
                """
                SELECT window_name, period, user_id, score, place,
                    (extract(epoch FROM updated_at) * 1000)::bigint AS updated_ms
                FROM archived_entries WHERE \(PostgresArchive.isRanking) AND place <= $4 ORDER BY place
                """, PostgresArchive.key(sealed.ranking) + [.int(Int64(limit))]
            ).rows
            return try rows.map { row in
                var standing = try Self.standing(row, board: sealed.ranking.board)
                // With these ties, the later one is before the earlier one.
                if sealed.ties == .last { standing.reachedSeq = Int64(limit) - standing.reachedSeq }
                return standing
            }
        }
    }

    /// See `RebuildSource`.
    public func updates(
        partition: Int, issuedSince: Int64, actions: [String: Action],
        _ body: @Sendable ([LedgerEvent]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        let lines = LockedLines(actions: actions)
        try await pages.each(
            """
            SELECT \(LedgerLine.columns) FROM score_events
            WHERE partition = $1 AND issued_at >= $2 AND kind = 'update' ORDER BY seq, tableoid, ctid
            """, [.int(Int64(partition)), .timestamp(milliseconds: issuedSince)], { try LedgerLine($0) }
        ) { rows throws(StoreError) in
            let events = lines.take(rows)
            if !events.isEmpty { try await body(events) }
        }
        let rest = lines.end()
        if !rest.isEmpty { try await body(rest) }
    }

    /// See `RebuildSource`.
    public func dailyCounts(
        partition: Int, actions: [String], sinceDay: Int64,
        _ body: @Sendable ([DailyCount]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        try await pages.each(
            """
            SELECT action_id, floor(extract(epoch FROM issued_at) / 86400)::bigint AS day, user_id, count(DISTINCT seq)
            FROM score_events
            WHERE partition = $1 AND issued_at >= to_timestamp($2::bigint * 86400) AND kind = 'update'
                AND action_id = ANY ($3::text[])
            GROUP BY 1, 2, 3
            """, [.int(Int64(partition)), .int(sinceDay), .textArray(actions)],
            { row in
                DailyCount(
                    action: try row.string(0), day: try row.int(1), userID: try row.string(2),
                    count: try row.int(3))
            }, body)
    }

    // MARK: Orphans

    /// See `RebuildSource`.
    public func missing(_ events: [LedgerEvent], partition: Int) async throws(StoreError) -> [LedgerEvent] {
        guard !events.isEmpty else { return [] }
        return try await session.run { connection in
            var known = Set(
                try connection.query(
                    """
                    SELECT e.seq, e.signature FROM score_events AS e
                    JOIN unnest($2::bigint[], $3::text[]) AS wanted (seq, signature)
                        ON e.signature = wanted.signature AND e.seq = wanted.seq
                    WHERE e.partition = $1
                    UNION ALL
                    SELECT seq, last_signature FROM partition_positions
                    WHERE partition = $1 AND seq = ANY ($2::bigint[])
                    """,
                    [
                        .int(Int64(partition)), .intArray(events.map(\.seq)), .textArray(events.map(\.signature)),
                    ]
                ).rows.map { EventName(seq: try $0.int(0), signature: try $0.string(1)) })
            // The JSON is read here: it may hold characters that the database cannot.
            for letter in try Self.letters(
                partition: partition, seqs: events.map(\.seq), on: connection)
            {
                known.insert(EventName(seq: letter.event.seq, signature: letter.event.signature))
            }
            return events.filter { !known.contains(EventName(seq: $0.seq, signature: $0.signature)) }
        }
    }

    private struct EventName: Hashable {
        let seq: Int64
        let signature: String
    }

    /// See `RebuildSource`.
    public func keepOrphans(
        _ orphans: [LedgerEvent], partition: Int, epoch: String
    ) async throws(StoreError) -> Int {
        guard !orphans.isEmpty else { return 0 }
        return try await session.run { connection in
            try connection.execute(
                """
                INSERT INTO orphaned_events (partition, epoch, seq, signature, reason, event)
                SELECT $1, $2, seq, signature, CASE
                    WHEN seq > coalesce((SELECT seq FROM partition_positions WHERE partition = $1), 0) THEN 'beyond'
                    WHEN issued_ms / 1000 < (
                        SELECT extract(epoch FROM max(month) + interval '1 month') FROM ledger_drops) THEN 'unknown'
                    ELSE 'other' END, event::json
                FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[])
                    AS found (seq, signature, event, issued_ms)
                ON CONFLICT DO NOTHING
                """,
                [
                    .int(Int64(partition)), .text(epoch), .intArray(orphans.map(\.seq)),
                    .textArray(orphans.map(\.signature)),
                    .textArray(orphans.map { LetterText.encode($0, outcome: $0.outcomes.first) }),
                    .intArray(orphans.map(\.issuedAt)),
                ])
        }
    }

    // MARK: Dead letters

    /// A row of `dead_letters`.
    struct Letter {
        let table: DeadLetter.Table
        let event: LedgerEvent
        /// The standing that was refused; nil if it was another row.
        let standing: Standing?
    }

    /// The most letters of one partition. An operator has to look at them long before.
    private static let lettersMax: Int64 = 100_000

    /// The letters of a partition, in order; with `seqs` only those of these events.
    static func letters(
        partition: Int, seqs: [Int64]? = nil, on connection: PostgresConnection
    ) throws -> [Letter] {
        let rows = try connection.query(
            """
            SELECT seq, refused_by, event::text FROM dead_letters
            WHERE partition = $1 AND ($2::bigint[] IS NULL OR seq = ANY ($2::bigint[])) ORDER BY seq, id LIMIT $3
            """, [.int(Int64(partition)), seqs.map { .intArray($0) } ?? .null, .int(lettersMax + 1)]
        ).rows
        guard rows.count <= Int(lettersMax) else {
            throw StoreError(.corrupt, "partition \(partition) has more than \(lettersMax) dead letters")
        }
        return try rows.map { row in
            let value = try LedgerJSON.value(row.string(2))
            let event = try LedgerJSON.event(seq: row.int(0), value)
            let table = try DeadLetter.Table(rawValue: row.string(1)) ?? .ledger
            return Letter(table: table, event: event, standing: table == .scores ? standing(value, event) : nil)
        }
    }

    private static func standing(_ value: JSONValue, _ event: LedgerEvent) -> Standing? {
        guard event.kind == .update, let board = value["board"]?.string, let window = value["window"]?.string,
            let period = value["period"]?.string, let score = value["score"]?.integer
        else { return nil }
        return Standing(
            ranking: Ranking(board: board, window: window, period: period), userID: event.userID, score: score,
            reachedSeq: event.seq, updatedAt: event.appliedAt)
    }
}
