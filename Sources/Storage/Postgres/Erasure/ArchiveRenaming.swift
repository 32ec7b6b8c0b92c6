import Leaderboard
import PostgresClient

/// Renames a deleted user in the archives. Ranks and scores stay; the checksum is computed again.
struct ArchiveRenaming {
    private let erasure: Erasure

    init(_ erasure: Erasure) {
        self.erasure = erasure
    }

    /// The periods that were sealed before the user's life ended on their boards. Of boards that are not in the
    /// catalogue any more these are all.
    private static let isOld = """
        FROM archived_periods AS sealed
        LEFT JOIN user_deletion_boards AS ends ON ends.pseudonym = $1 AND ends.board = sealed.board
        WHERE CASE
            WHEN ends.board IS NULL THEN NOT EXISTS (SELECT FROM boards WHERE boards.board = sealed.board)
            WHEN sealed.partition = ends.partition THEN sealed.sealed_seq <= ends.seq
            ELSE sealed.sealed_at <= ends.at END
        """

    /// Whether the user has a score in a period that was sealed and waits for its archive.
    func isAnyWaiting(on connection: PostgresConnection) throws -> Bool {
        let row = try connection.query(
            """
            SELECT EXISTS (
                SELECT \(Self.isOld) AND sealed.archived_at IS NULL AND sealed.expired_at IS NULL AND EXISTS (
                    SELECT FROM scores WHERE scores.board = sealed.board
                        AND scores.window_name = sealed.window_name AND scores.period = sealed.period
                        AND scores.user_id = $2)) AS is_waiting
            """, [.text(erasure.pseudonym), .text(erasure.userID)]
        ).first
        return try row?.bool("is_waiting") == true
    }

    /// Renames the user in the next archive. Returns its ranking, or nil if there is none.
    func renameNext(after last: Ranking?, on connection: PostgresConnection) throws -> Ranking? {
        let row = try connection.query(
            """
            SELECT sealed.board, sealed.window_name, sealed.period \(Self.isOld)
                AND (sealed.board, sealed.window_name, sealed.period) > ($3, $4, $5)
                AND (sealed.archived_at IS NOT NULL OR sealed.expired_at IS NOT NULL)
                AND EXISTS (
                    SELECT FROM archived_entries AS entry WHERE entry.board = sealed.board
                        AND entry.window_name = sealed.window_name AND entry.period = sealed.period
                        AND entry.user_id = $2)
            ORDER BY sealed.board, sealed.window_name, sealed.period LIMIT 1 FOR UPDATE OF sealed
            """,
            [
                .text(erasure.pseudonym), .text(erasure.userID), .text(last?.board ?? ""), .text(last?.window ?? ""),
                .text(last?.period ?? ""),
            ]
        ).first
        guard let row else { return nil }
        let ranking = Ranking(board: try row.string(0), window: try row.string(1), period: try row.string(2))
        let key = PostgresArchive.key(ranking)
        try connection.execute(
            "UPDATE archived_entries SET user_id = $4 WHERE \(PostgresArchive.isRanking) AND user_id = $5",
            key + [.text(erasure.pseudonym), .text(erasure.userID)])
        // An archive that expires has no checksum to keep: its entries are on their way out.
        try connection.execute(
            """
            UPDATE archived_periods SET checksum = $4, revised_at = clock_timestamp()
            WHERE \(PostgresArchive.isRanking) AND expired_at IS NULL
            """, key + [.text(try PostgresArchive.checksum(ranking, on: connection))])
        return ranking
    }
}
