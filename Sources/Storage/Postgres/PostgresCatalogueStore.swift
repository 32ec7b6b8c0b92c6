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
        try await onPool { connection in
            try connection.transaction { connection in
                // Read the revision first. A change made in between then shows as a newer revision, and is loaded
                // later.
                let revision = try Self.revision(connection)
                let actions = try connection.query("SELECT * FROM actions").rows.map(Self.action)
                let (boards, leftOut) = try Self.boards(connection)
                return Catalogue(
                    actions: Dictionary(actions.map { ($0.id, $0) }, uniquingKeysWith: { $1 }), boards: boards,
                    leftOut: leftOut, revision: revision)
            }
        }
    }

    /// See `CatalogueStore`.
    public func revision() async throws(StoreError) -> Int64 {
        try await onPool { try Self.revision($0) }
    }

    /// See `CatalogueStore`.
    public func put(_ action: Action) async throws(StoreError) -> Bool {
        try await onPool { connection in
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
        try await onPool { try $0.execute("DELETE FROM actions WHERE action_id = $1", [.text(id)]) > 0 }
    }

    private static func revision(_ connection: PostgresConnection) throws -> Int64 {
        guard let row = try connection.query("SELECT revision FROM catalogue_revision").first else {
            throw StoreError(.corrupt, "table catalogue_revision is empty; it must hold one row")
        }
        return try row.int("revision")
    }

    private static func boards(
        _ connection: PostgresConnection
    ) throws -> (boards: [String: Board], leftOut: [LeftOutBoard]) {
        let sql = """
            SELECT board, group_name, operator, sort_order, ties, windows, top, visibility FROM boards
            ORDER BY board COLLATE "C" LIMIT \(Catalogue.boardsMax + 1)
            """
        var (boards, leftOut): ([String: Board], [LeftOutBoard]) = ([:], [])
        for (index, row) in try connection.query(sql).rows.enumerated() {
            let board = try board(row)
            if index == Catalogue.boardsMax {
                leftOut.append(LeftOutBoard(id: board.id, reason: "there are more than \(Catalogue.boardsMax) boards"))
            } else if let reason = try whyNotRun(row, board) {
                leftOut.append(LeftOutBoard(id: board.id, reason: reason))
            } else {
                boards[board.id] = board
            }
        }
        return (boards, leftOut)
    }

    private static func board(_ row: PostgresRow) throws -> Board {
        Board(
            id: try row.string("board"), group: try row.string("group_name"), top: Int(try row.int("top")),
            // Stay private if a later version wrote a visibility that this version does not know.
            visibility: Board.Visibility(rawValue: try row.string("visibility")) ?? .private)
    }

    /// Returns why this version cannot run a board, or nil if it can. A board that needs other rules must not run with
    /// the only rules there are: its scores would be permanently wrong.
    private static func whyNotRun(_ row: PostgresRow, _ board: Board) throws -> String? {
        let rules = [
            ("operator", try row.string("operator"), "increment"),
            ("sort_order", try row.string("sort_order"), "desc"), ("ties", try row.string("ties"), "first"),
        ]
        for (column, value, supported) in rules where value != supported {
            return "\(column) \(value) is not supported"
        }
        let windows = try row.textArray("windows")
        guard windows == [Ranking.allWindow] else {
            return "windows {\(windows.map { $0 ?? "NULL" }.joined(separator: ","))} are not supported"
        }
        guard board.group.utf8.count <= Catalogue.groupBytesMax else {
            return "group_name is longer than \(Catalogue.groupBytesMax) bytes"
        }
        return nil
    }

    private static func action(_ row: PostgresRow) throws -> Action {
        Action(
            id: try row.string("action_id"), points: try row.int("points"),
            boards: try row.textArray("boards").compactMap { $0 }, submitsScore: try row.bool("submits_score"),
            minScore: try row.intOrNil("min_score"), maxScore: try row.intOrNil("max_score"),
            maxPerUserPerDay: try row.intOrNil("max_per_user_per_day").map { Int($0) },
            cooldownSeconds: try row.intOrNil("cooldown_seconds").map { Int($0) })
    }

    private func onPool<T: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws(StoreError) -> T {
        do {
            return try await pool.withConnection(body)
        } catch {
            throw StoreError(postgres: error)
        }
    }
}

extension StoreError {
    /// Creates the error that a Postgres error means for the callers of a store.
    init(postgres error: any Error) {
        if let error = error as? StoreError {
            self = error
        } else {
            self.init(
                .unavailable, "postgres: \(error)", trouble: (error as? PostgresError).flatMap { Self.trouble(of: $0) })
        }
    }

    private static func trouble(of error: PostgresError) -> Trouble? {
        if error.kind == .connection || error.code == PostgresError.Code.responseTimeout { return .postgresAway }
        return error.code == SQLState.undefinedTable ? .tablesMissing : nil
    }
}
