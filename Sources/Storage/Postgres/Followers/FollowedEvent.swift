import Leaderboard
import PostgresClient

/// An update of the ledger, as followers get it: the rows of all its boards together.
package struct FollowedEvent: Sendable, Equatable {
    /// The partition.
    package let partition: Int
    /// The sequence number in the partition.
    package let seq: Int64
    /// `update`, or `correction` for an update that the ledger refused at first.
    package let kind: String
    /// The user; the pseudonym of one that was deleted.
    @ByteExact package private(set) var userID: String
    /// Whether the user was deleted since.
    package let isErased: Bool
    /// The action's id; those of awards begin with `sys-`.
    package let action: String
    /// The amount of the update.
    package let points: Int64
    /// When the action id was issued, in ms since 1970.
    package let issuedAt: Int64
    /// When Redis applied it, in ms since 1970.
    package let appliedAt: Int64
    /// What it brought on each board, ordered by the board.
    package let boards: [FollowedBoard]

    /// Gathers the parts.
    package init(
        partition: Int, seq: Int64, kind: String = "update", userID: String, isErased: Bool = false, action: String,
        points: Int64, issuedAt: Int64, appliedAt: Int64, boards: [FollowedBoard]
    ) {
        self.partition = partition
        self.seq = seq
        self.kind = kind
        self.userID = userID
        self.isErased = isErased
        self.action = action
        self.points = points
        self.issuedAt = issuedAt
        self.appliedAt = appliedAt
        self.boards = boards
    }
}

/// What an update brought on one board.
package struct FollowedBoard: Sendable, Equatable {
    /// The board's id.
    package let board: String
    /// The score after it, in the first ranking of the board that took it.
    package let score: Int64
    /// The rank after it there, from 1.
    package let rank: Int64
    /// Whether a score of the board changed.
    package let isChanged: Bool

    /// Gathers the parts.
    package init(board: String, score: Int64, rank: Int64, isChanged: Bool) {
        self.board = board
        self.score = score
        self.rank = rank
        self.isChanged = isChanged
    }
}

extension FollowedEvent {
    /// Reads the updates of a partition with sequence numbers in `range`.
    static func read(
        partition: Int, _ range: ClosedRange<Int64>, on connection: PostgresConnection
    ) throws -> [FollowedEvent] {
        let rows = try connection.query(
            """
            SELECT event.seq, event.kind, event.user_id, deletion.pseudonym IS NOT NULL AS is_erased, event.action_id,
                event.points, event.board, event.score, event.rank, event.changed,
                floor(extract(epoch FROM event.issued_at) * 1000)::bigint AS issued,
                floor(extract(epoch FROM event.applied_at) * 1000)::bigint AS applied
            FROM score_events AS event
            LEFT JOIN user_deletions AS deletion ON deletion.pseudonym = event.user_id
            WHERE event.partition = $1 AND event.seq BETWEEN $2 AND $3 AND event.kind IN ('update', 'correction')
            ORDER BY event.seq, event.board
            """, [.int(Int64(partition)), .int(range.lowerBound), .int(range.upperBound)]
        ).rows
        var events: [FollowedEvent] = []
        for (index, row) in rows.enumerated() {
            let seq = try row.int("seq")
            let board = try FollowedBoard(row)
            if let last = events.last, last.seq == seq {
                events[events.count - 1] = last.adding(board)
            } else {
                if index == 0 { events.reserveCapacity(rows.count) }
                events.append(try FollowedEvent(row, partition: partition, board))
            }
        }
        return events
    }

    private init(_ row: PostgresRow, partition: Int, _ board: FollowedBoard) throws {
        self.init(
            partition: partition, seq: try row.int("seq"), kind: try row.string("kind"),
            userID: try row.string("user_id"), isErased: try row.bool("is_erased"),
            action: try row.string("action_id"), points: try row.int("points"), issuedAt: try row.int("issued"),
            appliedAt: try row.int("applied"), boards: [board])
    }

    private func adding(_ board: FollowedBoard) -> FollowedEvent {
        FollowedEvent(
            partition: partition, seq: seq, kind: kind, userID: userID, isErased: isErased, action: action,
            points: points, issuedAt: issuedAt, appliedAt: appliedAt, boards: boards + [board])
    }
}

extension FollowedBoard {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            board: try row.string("board"), score: try row.int("score"), rank: try row.int("rank"),
            isChanged: try row.bool("changed"))
    }
}
