import Basics
import Leaderboard
import PostgresClient
import StrictJSON

/// A board as a row of the table `boards`.
enum BoardRow {
    /// Selects the boards in the order of their ids. The members are read like those of a request, so that a row that
    /// was written by hand meets the same checks.
    ///
    /// - Parameter limit: the most rows.
    static func select(limit: Int) -> String {
        """
        SELECT board, group_name, visibility, generation,
            floor(extract(epoch FROM created_at) * 1000)::bigint AS created,
            json_build_object('operator', operator, 'order', sort_order, 'ties', ties, 'windows', window_definitions,
                'time_zone', time_zone, 'grace_seconds', grace_seconds, 'keep_periods', keep_periods, 'top', top,
                'min_score', min_score, 'max_score', max_score, 'allow_decrease', allow_decrease,
                'metadata', metadata)::text AS members
        FROM boards ORDER BY board COLLATE "C" LIMIT \(limit)
        """
    }

    /// A later version may nest and name more than this one does.
    private static let limits = JSONLimits(maxDepth: JSONLimits.deepest, maxMembers: BoardDraft.metadataBytesMax)

    /// Reads a row of ``select(limit:)``.
    ///
    /// - Returns: the board, and why this version cannot run it, or nil if it can. A board that needs other rules must
    ///   not run with those that this version knows: its scores would be permanently wrong.
    static func board(_ row: PostgresRow) throws -> (board: Board, whyNotRun: String?) {
        let base = Board(
            id: try row.string("board"), group: try row.string("group_name"),
            // Stay private if a later version wrote a visibility that this version does not know.
            visibility: Board.Visibility(rawValue: try row.string("visibility")) ?? .private,
            generation: try row.int("generation"), createdAt: try row.int("created"))
        guard base.group.utf8.count <= Catalogue.groupBytesMax else {
            return (base, "group_name is longer than \(Catalogue.groupBytesMax) bytes")
        }
        let members = Array(try row.string("members").utf8)
        do {
            let (board, problems) = try draft(members).board(from: base)
            let reasons = problems.map { "\($0.field) \($0.reason)" }
            return (board, reasons.isEmpty ? nil : reasons.joined(separator: ", "))
        } catch let error as JSONError {
            return (base, "its windows or its metadata cannot be read: \(error)")
        }
    }

    private static func draft(_ bytes: [UInt8]) throws -> BoardDraft {
        var draft = BoardDraft()
        try bytes.withUnsafeBytes { bytes in
            try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in
                try reader.readObject { key, reader throws(JSONError) in try draft.read(key, from: &reader) }
            }
        }
        return draft
    }

    /// Adds or replaces a board. A board whose `createdAt` is 0 keeps the time it has, or gets the present.
    static let upsert = """
        INSERT INTO boards AS old (board, group_name, operator, sort_order, ties, windows, window_definitions,
            time_zone, grace_seconds, keep_periods, top, visibility, min_score, max_score, allow_decrease, metadata,
            generation, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            coalesce($18::timestamptz, now()))
        ON CONFLICT (board) DO UPDATE SET group_name = EXCLUDED.group_name, operator = EXCLUDED.operator,
            sort_order = EXCLUDED.sort_order, ties = EXCLUDED.ties, windows = EXCLUDED.windows,
            window_definitions = EXCLUDED.window_definitions, time_zone = EXCLUDED.time_zone,
            grace_seconds = EXCLUDED.grace_seconds, keep_periods = EXCLUDED.keep_periods, top = EXCLUDED.top,
            visibility = EXCLUDED.visibility, min_score = EXCLUDED.min_score, max_score = EXCLUDED.max_score,
            allow_decrease = EXCLUDED.allow_decrease, metadata = EXCLUDED.metadata, generation = EXCLUDED.generation,
            created_at = coalesce($18::timestamptz, old.created_at), updated_at = now()
        """

    /// The values of ``upsert``.
    static func values(_ board: Board) -> [PostgresValue] {
        var windows: [UInt8] = []
        JSONWriter.append(to: &windows) { json in
            json.beginArray()
            for window in board.windows { window.write(to: &json) }
            json.endArray()
        }
        return [
            .text(board.id), .text(board.group), .text(board.rules.operator.rawValue),
            .text(board.rules.order.rawValue),
            .text(board.rules.ties.rawValue), .textArray(board.windows.map(\.name)),
            .json(String(decoding: windows, as: UTF8.self)), .text(board.timeZone), .int(Int64(board.graceSeconds)),
            .int(Int64(board.keepPeriods)), .int(Int64(board.top)), .text(board.visibility.rawValue),
            .int(orNull: board.rules.minScore), .int(orNull: board.rules.maxScore), .bool(board.rules.allowDecrease),
            .json(board.metadata), .int(board.generation),
            board.createdAt == 0 ? .null : .timestamp(milliseconds: board.createdAt),
        ]
    }
}
