import Basics
import Leaderboard
import NIOConcurrencyHelpers
import PostgresClient

/// The deletions of users in Postgres: tables `user_deletions` and `user_deletion_boards`. `docs/adr/0032` has the
/// reasons.
public struct PostgresErasures: ErasureStore {
    /// The steps of a renaming, for tests. Each can be the last one; the next attempt goes on.
    package enum Step: CaseIterable, Sendable {
        case renameEvents, endBoard, renameArchive, renameRest, strip, finish
    }

    let session: PostgresPool
    let before: @Sendable (Step) throws -> Void
    let batchRows: Int64
    private let lease = NIOLockedValueBox<UInt64?>(nil)

    /// The keys of the lease. No partition has the second one.
    private static let leaseKeys = "\(LedgerLeases.lockClass), -4"

    /// - Parameter session: connections to a migrated database; one connection if the lease is needed.
    public init(session: PostgresPool) {
        self.init(session: session, batchRows: 1000)
    }

    /// - Parameters:
    ///   - session: as above.
    ///   - batchRows: events that are renamed by one transaction.
    ///   - before: called before each step; an error ends the attempt there.
    package init(
        session: PostgresPool, batchRows: Int64, before: @escaping @Sendable (Step) throws -> Void = { _ in }
    ) {
        self.session = session
        self.batchRows = batchRows
        self.before = before
    }

    /// See `ErasureStore`.
    public func acquireLease() async throws(StoreError) -> Bool {
        try await session.run { [lease] connection in
            if lease.withLockedValue({ $0 }) == connection.id {
                // Uses the connection, so that it is known to be alive.
                try connection.query("SELECT 1")
                return true
            }
            let held = try connection.query("SELECT pg_try_advisory_lock(\(Self.leaseKeys)) AS held").first
            guard try held?.bool("held") == true else { return false }
            lease.withLockedValue { $0 = connection.id }
            return true
        }
    }

    /// See `ErasureStore`.
    public func begin(_ userID: String, patience: Int64) async throws(StoreError) -> Erasure {
        try await session.run { connection in
            try connection.transaction { try UserRows.erase(userID, patience: patience, on: $0).erasure }
        }
    }

    /// See `ErasureStore`.
    public func handOver(_ erasure: Erasure) async throws(StoreError) {
        try await session.run { connection in
            _ = try connection.execute(
                "UPDATE user_deletions SET available_at = clock_timestamp() WHERE \(Self.isRequest)",
                Self.request(erasure))
        }
    }

    /// See `ErasureStore`.
    public func due(lifetime: Int64, limit: Int) async throws(StoreError) -> [Erasure] {
        try await session.run { connection in
            try connection.query(
                """
                SELECT pseudonym, user_id, state, request FROM user_deletions
                WHERE state <> 'done' AND available_at <= clock_timestamp() AND (state <> 'signatures'
                    OR renamed_at <= clock_timestamp() - $1 * interval '1 millisecond')
                ORDER BY requested_at LIMIT $2
                """, [.int(lifetime), .int(Int64(limit))]
            ).rows.map(Self.erasure)
        }
    }

    static func erasure(_ row: PostgresRow) throws -> Erasure {
        guard let state = Erasure.State(rawValue: try row.string("state")) else {
            throw StoreError(.corrupt, "a deletion of a user has an unknown state")
        }
        return Erasure(
            pseudonym: try row.string("pseudonym"), userID: try row.string("user_id"), state: state,
            request: try row.int("request"))
    }

    /// See `ErasureStore`.
    public func backlog() async throws(StoreError) -> (count: Int64, oldestSeconds: Double) {
        let facts: [Int64] = try await session.run { connection in
            let row = try connection.query(
                """
                SELECT count(*), coalesce((extract(epoch FROM clock_timestamp() - min(requested_at)) * 1000)::bigint, 0)
                FROM user_deletions WHERE state <> 'done'
                """
            ).first
            return [try row?.int(0) ?? 0, try row?.int(1) ?? 0]
        }
        return (facts[0], Double(facts[1]) / 1000)
    }

    // MARK: Boards

    /// See `ErasureStore`.
    public func boards(of erasure: Erasure) async throws(StoreError) -> [BoardErasure] {
        try await session.run { try BoardEnd.all(of: erasure, on: $0).filter { $0.request == erasure.request } }
            .map(\.erasure)
    }

    /// See `ErasureStore`.
    public func boardsWithRows(
        of erasure: Erasure, among boards: [String]
    ) async throws(StoreError) -> Set<String> {
        try await session.run { connection in
            let rows = try connection.query(
                """
                SELECT board FROM unnest($1::text[]) AS named (board)
                WHERE EXISTS (SELECT FROM score_events AS e WHERE e.board = named.board AND e.user_id = $2)
                    OR EXISTS (SELECT FROM partition_positions JOIN ledger_openings AS o USING (partition)
                        WHERE o.board = named.board AND o.user_id = $2)
                """, [.textArray(boards), .text(erasure.userID)]
            ).rows
            return Set(try rows.map { try $0.string(0) })
        }
    }

    /// See `ErasureStore`.
    public func record(_ boards: [BoardErasure], of erasure: Erasure) async throws(StoreError) {
        try await session.run { connection in
            for board in boards {
                try connection.execute(
                    """
                    INSERT INTO user_deletion_boards AS known
                        (pseudonym, board, request, partition, epoch, seq, at, signature)
                    SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE EXISTS (
                        SELECT FROM user_deletions WHERE pseudonym = $1 AND state <> 'done')
                    ON CONFLICT (pseudonym, board) DO UPDATE SET request = EXCLUDED.request,
                        renamed_at = NULL, (partition, epoch, seq, at, signature) = (
                            SELECT CASE WHEN replaces THEN EXCLUDED.partition ELSE known.partition END,
                                CASE WHEN replaces THEN EXCLUDED.epoch ELSE known.epoch END,
                                CASE WHEN replaces THEN EXCLUDED.seq ELSE known.seq END,
                                CASE WHEN replaces THEN EXCLUDED.at ELSE known.at END,
                                CASE WHEN replaces THEN EXCLUDED.signature ELSE known.signature END
                            FROM (VALUES ($8::text IS NOT NULL OR known.signature IS NULL)) AS now (replaces))
                    """,
                    [
                        .text(erasure.pseudonym), .text(board.board), .int(erasure.request),
                        .int(Int64(board.partition)), .text(board.epoch), .int(board.seq),
                        .timestamp(milliseconds: board.at), .text(orNull: board.signature),
                    ])
            }
        }
    }

    /// See `ErasureStore`.
    public func written(
        _ boards: [BoardErasure], of erasure: Erasure
    ) async throws(StoreError) -> Set<String> {
        try await session.run { connection in
            var written: Set<String> = []
            for board in boards {
                let end = BoardEnd(erasure: board, request: erasure.request, isRenamed: false)
                let row = try connection.query(
                    board.signature == nil
                        ? """
                        SELECT NOT EXISTS (SELECT FROM score_events WHERE board = $1 AND user_id = $2
                            AND \(end.covers(seq: "seq", at: "applied_at")))
                        """
                        : """
                        SELECT EXISTS (SELECT FROM score_events WHERE board = $1 AND user_id IN ($2, $3)
                                AND signature = $4)
                            OR EXISTS (SELECT FROM dead_letters WHERE partition = \(board.partition)
                                AND seq = \(board.seq) AND position($4 IN event::text) > 0)
                        """,
                    [.text(board.board), .text(erasure.userID)]
                        + (board.signature.map { [.text(erasure.pseudonym), .text($0)] } ?? [])
                ).first
                if try row?.bool(0) == true { written.insert(board.board) }
            }
            return written
        }
    }

    /// See `ErasureStore`.
    public func forget(_ boards: [String], of erasure: Erasure) async throws(StoreError) {
        guard !boards.isEmpty else { return }
        try await session.run { connection in
            _ = try connection.execute(
                "DELETE FROM user_deletion_boards WHERE pseudonym = $1 AND board = ANY ($2::text[])",
                [.text(erasure.pseudonym), .textArray(boards)])
        }
    }

    /// See `ErasureStore`.
    public func advance(_ erasure: Erasure, to state: Erasure.State) async throws(StoreError) -> Bool {
        try await session.run { connection in
            try connection.execute(
                """
                UPDATE user_deletions SET state = $3, renamed_at = CASE WHEN $3 = 'signatures'
                    THEN clock_timestamp() END
                WHERE \(Self.isRequest)
                """, Self.request(erasure) + [.text(state.rawValue)]) == 1
        }
    }

    /// See `ErasureStore`.
    public func finish(_ erasure: Erasure) async throws(StoreError) -> Bool {
        try await session.run { [before] connection in
            try before(.finish)
            return try connection.transaction { connection in
                let ended = try connection.execute(
                    """
                    UPDATE user_deletions SET state = 'done', user_id = NULL, finished_at = clock_timestamp()
                    WHERE \(Self.isRequest)
                    """, Self.request(erasure))
                try connection.execute(
                    """
                    DELETE FROM user_deletion_boards AS ends USING user_deletions AS deletion
                    WHERE ends.pseudonym = $1 AND deletion.pseudonym = $1 AND deletion.state = 'done'
                    """, [.text(erasure.pseudonym)])
                return ended == 1
            }
        }
    }

    /// The condition for the row of a deletion that was not requested again, with the parameters of ``request(_:)``.
    private static let isRequest = "pseudonym = $1 AND request = $2 AND state <> 'done'"

    private static func request(_ erasure: Erasure) -> [PostgresValue] {
        [.text(erasure.pseudonym), .int(erasure.request)]
    }
}
