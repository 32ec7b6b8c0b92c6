import Leaderboard
import PostgresClient

/// A row of `user_deletion_boards`: where the life of a deleted user ends on a board.
struct BoardEnd {
    let erasure: BoardErasure
    /// The request in which it was recorded last.
    let request: Int64
    let isRenamed: Bool

    /// The rows of a deletion.
    static func all(of erasure: Erasure, on connection: PostgresConnection) throws -> [BoardEnd] {
        try connection.query(
            """
            SELECT board, partition, epoch, seq, (extract(epoch FROM at) * 1000)::bigint AS at_ms, signature, request,
                renamed_at IS NOT NULL AS is_renamed
            FROM user_deletion_boards WHERE pseudonym = $1 ORDER BY board
            """, [.text(erasure.pseudonym)]
        ).rows.map { row in
            BoardEnd(
                erasure: BoardErasure(
                    board: try row.string("board"), partition: Int(try row.int("partition")),
                    epoch: try row.string("epoch"), seq: try row.int("seq"), at: try row.int("at_ms"),
                    signature: try row.stringOrNil("signature")),
                request: try row.int("request"), isRenamed: try row.bool("is_renamed"))
        }
    }

    /// The condition for a row with a partition, a sequence number and a time that belongs to the life that ended. In
    /// another partition, which the board was in before or came to later, the time decides.
    func covers(partition: String = "partition", seq: String, at: String) -> String {
        """
        CASE WHEN \(partition) = \(erasure.partition) THEN \(seq) <= \(erasure.seq)
            ELSE \(at) <= to_timestamp(\(erasure.at) / 1000.0) END
        """
    }
}
