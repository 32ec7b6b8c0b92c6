import Leaderboard
import PostgresClient

extension PostgresRebuildSource {
    /// See `RebuildSource`.
    public func facts(partition: Int, of partitioning: Partitioning) async throws(StoreError) -> RebuildFacts {
        let catalogue = try await PostgresCatalogueStore(pool: session).load()
        return try await session.run { connection in
            try Self.refuseLeftOut(catalogue, partition: partition, of: partitioning, on: connection)
            let boards = catalogue.boards.values.filter { partitioning.partition(of: $0) == partition }
                .sorted { $0.id < $1.id }
            let ids = PostgresValue.textArray(boards.map(\.id))
            var facts = RebuildFacts(boards: boards, actions: catalogue.actions)
            // The rows of an earlier board of that name are left out.
            facts.unarchived = try Self.sealed(
                "sealed.archived_at IS NULL AND sealed.expired_at IS NULL", ids, on: connection)
            let seasons = boards.flatMap { board in
                board.windows.filter(\.hasOnePeriod).map { BoardWindow(board: board.id, window: $0.name) }
            }
            let known = Set(seasons)
            if !seasons.isEmpty {
                facts.archivedSeasons = try Self.sealed(
                    "sealed.archived_at IS NOT NULL AND sealed.expired_at IS NULL AND sealed.window_name = ANY ($2)",
                    ids, [.textArray(Array(Set(seasons.map(\.window))))], on: connection
                ).filter { known.contains(BoardWindow(board: $0.ranking.board, window: $0.ranking.window)) }
            }
            facts.lastEnds = try Self.lastEnds(ids, on: connection)
            facts.entryCount = try connection.withStatementTimeout(RowPages.statementTimeout) {
                try connection.query("SELECT count(*) FROM scores WHERE board = ANY ($1::text[])", [ids])
                    .first?.int(0) ?? 0
            }
            for letter in try Self.letters(partition: partition, on: connection) where letter.event.kind == .update {
                switch letter.table {
                case .ledger: facts.refusedEvents.append(letter.event)
                case .scores:
                    if let standing = letter.standing, try !Self.isOver(standing, on: connection) {
                        facts.refusedStandings.append(standing)
                    }
                }
            }
            return facts
        }
    }

    /// Fails if a board of the partition is left out of the catalogue.
    private static func refuseLeftOut(
        _ catalogue: Catalogue, partition: Int, of partitioning: Partitioning, on connection: PostgresConnection
    ) throws {
        let ids = catalogue.boards.keys.map { Optional($0) }
        let rows = try connection.query(
            "SELECT board, group_name FROM boards WHERE board <> ALL ($1::text[])", [.textArray(ids)]
        ).rows
        for row in rows {
            let board = Board(id: try row.string(0), group: try row.string(1))
            guard partitioning.partition(of: board) != partition else {
                throw StoreError(
                    .corrupt,
                    "partition \(partition) cannot be rebuilt by this version, which cannot run board \(board.id)")
            }
        }
    }

    private static func sealed(
        _ condition: String, _ ids: PostgresValue, _ more: [PostgresValue] = [], on connection: PostgresConnection
    ) throws -> [SealedRanking] {
        try connection.query(
            """
            SELECT sealed.board, window_name, period, sealed_seq, sealed.sort_order, sealed.ties
            FROM archived_periods AS sealed JOIN boards ON boards.board = sealed.board
            WHERE sealed.board = ANY ($1::text[]) AND sealed_at >= boards.created_at AND \(condition)
            """, [ids] + more
        ).rows.map { row in
            SealedRanking(
                ranking: Ranking(board: try row.string(0), window: try row.string(1), period: try row.string(2)),
                seq: try row.int(3), order: try row.stringOrNil(4).flatMap { .init(rawValue: $0) },
                ties: try row.stringOrNil(5).flatMap { .init(rawValue: $0) })
        }
    }

    private static func lastEnds(
        _ ids: PostgresValue, on connection: PostgresConnection
    ) throws -> [BoardWindow: Int64] {
        let rows = try connection.query(
            """
            SELECT sealed.board, window_name, (extract(epoch FROM max(ends_at)) * 1000)::bigint
            FROM archived_periods AS sealed JOIN boards ON boards.board = sealed.board
            WHERE sealed.board = ANY ($1::text[]) AND sealed_at >= boards.created_at AND ends_at IS NOT NULL
            GROUP BY 1, 2
            """, [ids]
        ).rows
        return try rows.reduce(into: [:]) { ends, row in
            ends[BoardWindow(board: try row.string(0), window: try row.string(1))] = try row.int(2)
        }
    }

    /// Whether a standing was removed or archived after it was refused.
    private static func isOver(_ standing: Standing, on connection: PostgresConnection) throws -> Bool {
        let ranking = standing.ranking
        let row = try connection.query(
            """
            SELECT EXISTS (
                SELECT 1 FROM score_events WHERE board = $1 AND user_id IN ('', $4) AND kind IN ('reset', 'delete')
                    AND seq > $5 AND (outcomes IS NULL OR outcomes @> jsonb_build_array(
                        jsonb_build_object('window', $2::text, 'period', $3::text)))
            ) OR EXISTS (
                SELECT 1 FROM archived_periods WHERE board = $1 AND window_name = $2 AND period = $3
                    AND (archived_at IS NOT NULL OR expired_at IS NOT NULL)
            )
            """,
            PostgresArchive.key(ranking) + [.text(standing.userID), .int(standing.reachedSeq)]
        ).first
        return try row?.bool(0) ?? false
    }
}
