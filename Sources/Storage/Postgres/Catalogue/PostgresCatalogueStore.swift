import Leaderboard
import PostgresClient

/// The catalogue in Postgres: tables `actions` and `boards`.
public struct PostgresCatalogueStore: CatalogueStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// See `CatalogueStore`.
    public func load() async throws(StoreError) -> Catalogue {
        try await pool.run { connection in
            try connection.transaction { connection in
                // Read the revision first. A change made in between then shows as a newer revision, and is loaded
                // later.
                let revision = try Self.revision(connection)
                // A version before could have actions that are reserved now.
                let actions = try connection.query("SELECT * FROM actions").rows.map(Self.action)
                    .filter { !ReservedAction.isReserved($0.id) }
                let (boards, leftOut) = try Self.boards(connection)
                return Catalogue(
                    actions: Dictionary(actions.map { ($0.id, $0) }, uniquingKeysWith: { $1 }), boards: boards,
                    leftOut: leftOut, revision: revision)
            }
        }
    }

    /// See `CatalogueStore`.
    public func revision() async throws(StoreError) -> Int64 {
        try await pool.run { try Self.revision($0) }
    }

    /// See `CatalogueStore`.
    public func put(_ action: Action) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            let sql = """
                INSERT INTO actions (action_id, points, boards, submits_score, min_score, max_score,
                    max_per_user_per_day, cooldown_seconds)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (action_id) DO UPDATE SET points = EXCLUDED.points, boards = EXCLUDED.boards,
                    submits_score = EXCLUDED.submits_score, min_score = EXCLUDED.min_score,
                    max_score = EXCLUDED.max_score, max_per_user_per_day = EXCLUDED.max_per_user_per_day,
                    cooldown_seconds = EXCLUDED.cooldown_seconds, updated_at = now()
                RETURNING (xmax = 0) AS is_new
                """
            let result = try connection.query(
                sql,
                [
                    .text(action.id), .int(action.points), .textArray(action.boards), .bool(action.submitsScore),
                    .int(orNull: action.minScore), .int(orNull: action.maxScore),
                    .int(orNull: action.maxPerUserPerDay.map { Int64($0) }),
                    .int(orNull: action.cooldownSeconds.map { Int64($0) }),
                ])
            return try result.first?.bool("is_new") ?? false
        }
    }

    /// See `CatalogueStore`.
    public func deleteAction(id: String) async throws(StoreError) -> Bool {
        try await pool.run { try $0.execute("DELETE FROM actions WHERE action_id = $1", [.text(id)]) > 0 }
    }

    /// See `CatalogueStore`.
    public func put(_ board: Board, ifRevision revision: Int64) async throws(StoreError) -> Bool {
        try await change(ifRevision: revision) { connection in
            try connection.execute(BoardRow.upsert, BoardRow.values(board))
        }
    }

    /// See `CatalogueStore`. The archives of the board go with it.
    public func deleteBoard(id: String, ifRevision revision: Int64) async throws(StoreError) -> Bool {
        try await change(ifRevision: revision) { connection in
            try connection.execute("DELETE FROM boards WHERE board = $1", [.text(id)])
            try PostgresArchive.expireAll(ofBoard: id, on: connection)
        }
    }

    /// See `CatalogueStore`.
    public func nextGeneration() async throws(StoreError) -> Int64 {
        try await pool.run { connection in
            guard let row = try connection.query("SELECT nextval('board_generations') AS next").first else {
                throw StoreError(.corrupt, "the sequence board_generations gives no number")
            }
            return try row.int("next")
        }
    }

    /// See `CatalogueStore`.
    public func renewGeneration(of board: Board) async throws(StoreError) {
        try await pool.run { connection in
            try connection.transaction { connection in
                // The row of the revision is locked first, as by all changes of boards, so that none waits for another
                // that waits for it.
                _ = try Self.revision(connection, lock: true)
                try connection.execute(
                    "UPDATE boards SET generation = nextval('board_generations') WHERE board = $1 AND generation = $2",
                    [.text(board.id), .int(board.generation)])
            }
        }
    }

    /// Makes a change in the transaction that sees the revision and keeps others from changing it.
    ///
    /// - Returns: false if the catalogue has another revision.
    private func change(
        ifRevision revision: Int64, _ body: @escaping @Sendable (PostgresConnection) throws -> Void
    ) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard try Self.revision(connection, lock: true) == revision else { return false }
                try body(connection)
                return true
            }
        }
    }

    private static func revision(_ connection: PostgresConnection, lock: Bool = false) throws -> Int64 {
        let sql = "SELECT revision FROM catalogue_revision" + (lock ? " FOR UPDATE" : "")
        guard let row = try connection.query(sql).first else {
            throw StoreError(.corrupt, "table catalogue_revision is empty; it must hold one row")
        }
        return try row.int("revision")
    }

    private static func boards(
        _ connection: PostgresConnection
    ) throws -> (boards: [String: Board], leftOut: [LeftOutBoard]) {
        var (boards, leftOut): ([String: Board], [LeftOutBoard]) = ([:], [])
        let rows = try connection.query(BoardRow.select(limit: Catalogue.boardsMax + 1)).rows
        for (index, row) in rows.enumerated() {
            let (board, whyNotRun) = try BoardRow.board(row)
            if index == Catalogue.boardsMax {
                leftOut.append(LeftOutBoard(id: board.id, reason: "there are more than \(Catalogue.boardsMax) boards"))
            } else if let whyNotRun {
                leftOut.append(LeftOutBoard(id: board.id, reason: whyNotRun))
            } else {
                boards[board.id] = board
            }
        }
        return (boards, leftOut)
    }

    private static func action(_ row: PostgresRow) throws -> Action {
        Action(
            id: try row.string("action_id"), points: try row.int("points"),
            boards: try row.textArray("boards").compactMap { $0 }, submitsScore: try row.bool("submits_score"),
            minScore: try row.intOrNil("min_score"), maxScore: try row.intOrNil("max_score"),
            maxPerUserPerDay: try row.intOrNil("max_per_user_per_day").map { Int($0) },
            cooldownSeconds: try row.intOrNil("cooldown_seconds").map { Int($0) })
    }
}
