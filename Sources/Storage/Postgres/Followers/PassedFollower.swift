import Basics
import Leaderboard
import Play
import PostgresClient
import Worker

/// Tells users that somebody has passed them on the board of play: the follower `passed`.
///
/// The user directly below the mover is told, if that user was above before, and at most once an hour. Who is below is
/// read from Redis as it is now, before the transaction that stores the notifications and moves the position. Only
/// boards that add up points and put the most first are followed: on others the ledger does not tell where the mover
/// came from. It begins at the end of the ledger, and passes over updates of long ago.
package struct PassedFollower: LedgerFollower {
    private let pool: PostgresPool
    private let reader: any LeaderboardReader
    private let board: @Sendable () -> Board?
    private let now: @Sendable () -> Int64

    /// The follower's name.
    package static let followerName = "passed"
    /// Older updates are passed over, in ms.
    private static let ageMax: Int64 = 600_000

    /// - Parameters:
    ///   - pool: connections to a migrated database.
    ///   - reader: has the rankings.
    ///   - board: the board of play, as the catalogue has it now; nil if it has none.
    ///   - now: in ms since 1970.
    package init(
        pool: PostgresPool, reader: any LeaderboardReader, board: @escaping @Sendable () -> Board?,
        now: @escaping @Sendable () -> Int64
    ) {
        self.pool = pool
        self.reader = reader
        self.board = board
        self.now = now
    }

    /// See `LedgerFollower`.
    package var name: String { Self.followerName }

    /// A user who moved up from `before` points.
    private struct Mover: Sendable {
        let userID: String
        var before: Int64
        var after: Int64
    }

    /// Events after a position.
    private struct Page: Sendable {
        let seq: Int64
        let through: Int64
        let events: [FollowedEvent]
    }

    /// See `LedgerFollower`.
    package func advance(partition: Int, limit: Int) async throws(StoreError) -> FollowerStep {
        let page = try await pool.run { try Self.page(partition, Int64(max(limit, 1)), $0) }
        guard let page else { return .idle }
        var passed: [(userID: String, rank: Int64)] = []
        if let board = board(), board.rules.operator == .increment, board.rules.order == .descending,
            let window = board.windows.first
        {
            for mover in movers(page.events, on: board.id) {
                if let victim = try await victim(of: mover, on: board, window) { passed.append(victim) }
            }
        }
        return try await pool.run { [passed, now] connection in
            try connection.transaction { connection in
                let row = try connection.query(
                    """
                    SELECT seq FROM follower_positions WHERE follower = $1 AND partition = $2
                    FOR UPDATE SKIP LOCKED
                    """, Self.key(partition)
                ).first
                // Another node was faster.
                guard let row, try row.int("seq") == page.seq else { return .busy }
                try Self.tell(passed, at: now(), board: board()?.id ?? "", on: connection)
                try connection.execute(
                    """
                    UPDATE follower_positions SET seq = $3, failures = 0, failure = NULL,
                        updated_at = clock_timestamp()
                    WHERE follower = $1 AND partition = $2
                    """, Self.key(partition) + [.int(page.through)])
                return .took(page.through - page.seq)
            }
        }
    }

    private static func key(_ partition: Int) -> [PostgresValue] { [.text(followerName), .int(Int64(partition))] }

    // MARK: Events

    /// The next events; nil if there are none.
    private static func page(_ partition: Int, _ limit: Int64, _ connection: PostgresConnection) throws -> Page? {
        try connection.execute(
            """
            INSERT INTO follower_positions (follower, partition, seq)
            SELECT $1, partition, seq FROM partition_positions WHERE partition = $2 ON CONFLICT DO NOTHING
            """, key(partition))
        let row = try connection.query(
            """
            SELECT follower.seq, ledger.seq AS end FROM follower_positions AS follower
            JOIN partition_positions AS ledger ON ledger.partition = follower.partition
            WHERE follower.follower = $1 AND follower.partition = $2
            """, key(partition)
        ).first
        guard let row, try row.int("end") > row.int("seq") else { return nil }
        let seq = try row.int("seq")
        let through = min(seq + limit, try row.int("end"))
        let events = try FollowedEvent.read(partition: partition, (seq + 1)...through, on: connection)
        return Page(seq: seq, through: through, events: events)
    }

    /// Those who moved up, each from where the first event of the page found the user to where the last one left it.
    private func movers(_ events: [FollowedEvent], on board: String) -> [Mover] {
        let oldest = now() - Self.ageMax
        var movers: [ByteExact: Mover] = [:]
        for event in events where !event.isErased && event.appliedAt >= oldest {
            guard let place = event.boards.first(where: { $0.board == board }), place.isChanged, place.rank > 0 else {
                continue
            }
            let before = place.score.subtractingReportingOverflow(event.points).partialValue
            movers[
                ByteExact(event.userID), default: Mover(userID: event.userID, before: before, after: place.score)
            ].after = place.score
        }
        return movers.values.filter { $0.after > $0.before }
    }

    // MARK: Who was passed

    private func victim(
        of mover: Mover, on board: Board, _ window: Window
    ) async throws(StoreError) -> (userID: String, rank: Int64)? {
        let answer = try await reader.read(.around(userID: mover.userID, limit: 2), board: board, window: window)
        let entries = answer.entries.map(\.entry)
        guard let place = entries.firstIndex(where: { ByteExact($0.userID) == ByteExact(mover.userID) }),
            entries.indices.contains(place + 1)
        else { return nil }
        let below = entries[place + 1]
        guard below.score > mover.before, below.score <= mover.after else { return nil }
        return (below.userID, below.rank)
    }

    private static func tell(
        _ passed: [(userID: String, rank: Int64)], at now: Int64, board: String, on connection: PostgresConnection
    ) throws {
        let hour = String(Timestamp.text(milliseconds: now).prefix(13))
        for victim in passed.sorted(by: { $0.userID.utf8.lexicographicallyPrecedes($1.userID.utf8) }) {
            try PostgresNotifications.add(
                kind: .passed, user: victim.userID, reference: hour, title: "Somebody has passed you.",
                data: NotificationData.passed(board: board, rank: victim.rank), on: connection)
        }
    }
}
