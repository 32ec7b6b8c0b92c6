import Leaderboard
import PostgresClient

extension PostgresErasures {
    /// How long one statement may take.
    private static let statementTimeout = Duration.seconds(300)

    /// Runs one transaction, or the statements of one, under the timeout.
    private func work<T: Sendable>(
        _ step: Step, _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws(StoreError) -> T {
        if Task.isCancelled { throw StoreError(.unavailable, "the node stops") }
        return try await session.run { [before] connection in
            try before(step)
            return try connection.withStatementTimeout(Self.statementTimeout) { try body(connection) }
        }
    }

    /// See `ErasureStore`.
    public func rename(_ erasure: Erasure) async throws(StoreError) -> Bool {
        let ends = try await session.run { try BoardEnd.all(of: erasure, on: $0) }
        var isWhole = true
        // The last look, when the action ids have expired, also finds what came late.
        for end in ends where !end.isRenamed || erasure.state == .signatures {
            let isRenamed = try await rename(erasure, board: end.erasure.board, end: end.erasure)
            isWhole = isWhole && isRenamed
        }
        for board in try await goneBoards(of: erasure, except: Set(ends.map(\.erasure.board))) {
            let isRenamed = try await rename(erasure, board: board, end: nil)
            isWhole = isWhole && isRenamed
        }
        let archives = ArchiveRenaming(erasure)
        // This comes first: what is archived meanwhile is renamed below.
        let isWaiting = try await work(.renameArchive) { try archives.isAnyWaiting(on: $0) }
        var last: Ranking?
        repeat {
            let after = last
            last = try await work(.renameArchive) { connection in
                try connection.transaction { try archives.renameNext(after: after, on: $0) }
            }
        } while last != nil
        try await work(.renameRest) { connection in
            try connection.transaction { try RestRenaming(erasure).rename(on: $0) }
        }
        // Only when the ledger has the pseudonym everywhere: followers read it from there.
        if isWhole {
            try await work(.renameRest) { connection in
                try connection.transaction { try PlayRows(erasure).rename(on: $0) }
            }
        }
        return isWhole && !isWaiting
    }

    private func rename(
        _ erasure: Erasure, board: String, end: BoardErasure?
    ) async throws(StoreError) -> Bool {
        let events = EventRenaming(erasure: erasure, board: board, end: end)
        let count = batchRows
        while try await work(.renameEvents, { try events.renameOldest(count, on: $0) }) {}
        return try await work(.endBoard) { try events.finish(on: $0) }
    }

    /// The boards that are not in the catalogue any more and still have rows of the user.
    private func goneBoards(
        of erasure: Erasure, except known: Set<String>
    ) async throws(StoreError) -> [String] {
        try await work(.renameEvents) { connection in
            // The ledger has an index by board and user, so the boards come one after the other.
            func named(by table: String) -> String {
                """
                SELECT board FROM (
                    WITH RECURSIVE named (board) AS (
                        (SELECT board FROM \(table) ORDER BY board LIMIT 1)
                        UNION ALL
                        SELECT (SELECT next.board FROM \(table) AS next WHERE next.board > named.board
                            ORDER BY next.board LIMIT 1)
                        FROM named WHERE named.board IS NOT NULL)
                    SELECT board FROM named WHERE board IS NOT NULL) AS listed
                """
            }
            let rows = try connection.query(
                """
                SELECT board FROM (\(named(by: "score_events")) UNION \(named(by: "ledger_openings"))) AS named
                WHERE NOT EXISTS (SELECT FROM boards WHERE boards.board = named.board) AND (
                    EXISTS (SELECT FROM score_events AS e WHERE e.board = named.board AND e.user_id = $1)
                    OR EXISTS (SELECT FROM partition_positions JOIN ledger_openings AS o USING (partition)
                        WHERE o.board = named.board AND o.user_id = $1))
                """, [.text(erasure.userID)]
            ).rows
            let inLetters = try LetterRenaming(erasure).boards(on: connection)
            let kept = try connection.query(
                "SELECT board FROM boards WHERE board = ANY ($1::text[])", [.textArray(Array(inLetters))]
            ).rows.map { try $0.string(0) }
            return Set(try rows.map { try $0.string(0) }).union(inLetters.subtracting(kept)).subtracting(known).sorted()
        }
    }

    /// See `ErasureStore`.
    public func strip(_ erasure: Erasure, lifetime: Int64) async throws(StoreError) -> Bool {
        let boards = try await work(.strip) { connection in
            try connection.query(
                """
                WITH RECURSIVE named (board) AS (
                    (SELECT board FROM score_events ORDER BY board LIMIT 1)
                    UNION ALL
                    SELECT (SELECT next.board FROM score_events AS next WHERE next.board > named.board
                        ORDER BY next.board LIMIT 1)
                    FROM named WHERE named.board IS NOT NULL)
                SELECT board FROM named WHERE board IS NOT NULL
                    AND EXISTS (SELECT FROM score_events AS e WHERE e.board = named.board AND e.user_id = $1)
                """, [.text(erasure.pseudonym)]
            ).rows.map { try $0.string(0) }
        }
        let count = batchRows
        for board in boards {
            while try await !work(
                .strip,
                { connection in
                    try connection.transaction {
                        try EventRenaming.strip(erasure.pseudonym, board: board, limit: count, on: $0)
                    }
                })
            {}
        }
        try await work(.strip) { connection in
            try connection.transaction { connection in
                try LetterRenaming(erasure).strip(on: connection)
                try RestRenaming(erasure).strip(on: connection)
            }
        }
        return true
    }
}
