import Leaderboard
import PostgresClient
import StrictJSON

/// Renames a deleted user in the tables that hold whole events as JSON. The database may be unable to read some of the
/// characters, so the JSON is changed as text: no string of it can hold the unescaped quotes of a member.
struct LetterRenaming {
    private let erasure: Erasure
    private let old: String
    private let new: String

    private static let tables = ["dead_letters", "settled_letters"]

    init(_ erasure: Erasure) {
        self.erasure = erasure
        old = LetterText.member("user_id", erasure.userID)
        new = LetterText.member("user_id", erasure.pseudonym)
    }

    /// Renames the user in the letters and orphans of a board.
    ///
    /// - Parameter end: where the user's life ends; nil for a board that is not in the catalogue any more.
    func rename(board: String, end: BoardErasure?, on connection: PostgresConnection) throws {
        let milliseconds = #"substring(event::text FROM '"applied_at_ms": ?(-?[0-9]+)')::bigint"#
        let at = "to_timestamp(coalesce(\(milliseconds), 0) / 1000.0)"
        let isOld = end.map {
            BoardEnd(erasure: $0, request: 0, isRenamed: false).covers(seq: "seq", at: at)
        }
        let named = "position($1 IN event::text) > 0 AND starts_with(event::text, $3)"
        let values: [PostgresValue] = [
            .text(old), .text(new), .text("{" + LetterText.member("board", board) + ","),
        ]
        for table in Self.tables {
            // The server's message can quote the row that it refused.
            try connection.execute(
                """
                UPDATE \(table) SET event = replace(event::text, $1, $2)::json, reason = 'the user was deleted'
                WHERE \(named) AND \(isOld ?? "TRUE")
                """, values)
        }
        // They have another history, so only their time says which life they belong to.
        try connection.execute(
            """
            UPDATE orphaned_events SET event = replace(event::text, $1, $2)::json
            WHERE \(named) AND \(end.map { "\(at) <= to_timestamp(\($0.at) / 1000.0)" } ?? "TRUE")
            """, values)
    }

    /// Boards that letters or orphans of the user name.
    func boards(on connection: PostgresConnection) throws -> Set<String> {
        let all = (Self.tables + ["orphaned_events"]).map {
            "SELECT substring(event::text FROM '^.\"board\":\"([A-Za-z0-9_-]+)\"') FROM \($0) "
                + "WHERE position($1 IN event::text) > 0"
        }
        let rows = try connection.query(all.joined(separator: " UNION "), [.text(old)]).rows
        return Set(try rows.compactMap { try $0.stringOrNil(0) })
    }

    /// Removes nonces and signatures of the pseudonym's events.
    func strip(on connection: PostgresConnection) throws {
        let stripped = """
            regexp_replace(event::text, '"nonce":"[^"]*","signature":"[^"]*"',
                '"nonce":"","signature":"' || made || '"')
            """
        for table in Self.tables + ["orphaned_events"] {
            let column = table == "orphaned_events" ? ", signature = made" : ""
            try connection.execute(
                """
                WITH named AS (
                    SELECT id, 'erased.' || replace(gen_random_uuid()::text, '-', '') AS made FROM \(table)
                    WHERE position($1 IN event::text) > 0 AND position('"signature":"erased.' IN event::text) = 0
                        AND position('"kind":"update"' IN event::text) > 0
                )
                UPDATE \(table) SET event = \(stripped)::json\(column) FROM named WHERE \(table).id = named.id
                """, [.text(new)])
        }
    }
}
