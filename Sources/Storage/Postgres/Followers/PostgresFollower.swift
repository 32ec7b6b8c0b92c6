import Basics
import Leaderboard
import PostgresClient
import Worker

/// A follower of the ledger in Postgres: runs an effect, and keeps its positions in the table `follower_positions`.
///
/// The row of the position is locked from before the events are read until the effect is committed. So two nodes never
/// take the same event, and the deletion of a user can wait for a follower.
package struct PostgresFollower: LedgerFollower {
    private let pool: PostgresPool
    private let effect: any FollowerEffect
    /// The wait after an event could not be taken.
    private let retries: Backoff

    /// - Parameters:
    ///   - effect: what it does with events.
    ///   - pool: connections to a migrated database.
    package init(
        _ effect: any FollowerEffect, pool: PostgresPool,
        retries: Backoff = Backoff(base: .seconds(1), cap: .seconds(300), jitter: .equal)
    ) {
        self.effect = effect
        self.pool = pool
        self.retries = retries
    }

    /// See `LedgerFollower`.
    package var name: String { effect.name }

    /// See `LedgerFollower`. A step that fails is tried with fewer events at once.
    package func advance(partition: Int, limit: Int) async throws(StoreError) -> FollowerStep {
        try await pool.run { [self] connection in
            var limit = Int64(max(limit, 1))
            while true {
                switch try attempt(partition, limit, connection) {
                case .done(let step): return step
                case .missing: try create(partition, connection)
                case .failed(let spot, let reason):
                    guard spot.limit > 1 else { return try keep(spot, reason, partition, connection) }
                    limit = spot.limit / 2
                }
            }
        }
    }

    private enum Attempt {
        case done(FollowerStep)
        /// The follower has no position in the partition yet.
        case missing
        /// The effect failed, and nothing happened.
        case failed(Spot, reason: String)
    }

    /// The place of an attempt.
    private struct Spot {
        let seq: Int64
        let limit: Int64
        let failures: Int
        var first: Int64?
    }

    /// One transaction with at most `limit` sequence numbers.
    private func attempt(_ partition: Int, _ limit: Int64, _ connection: PostgresConnection) throws -> Attempt {
        var spot: Spot?
        do {
            return try connection.transaction { connection in
                guard let row = try locked(partition, connection) else {
                    return try exists(partition, connection) ? .done(.busy) : .missing
                }
                let (seq, failures) = (try row.int("seq"), try row.int("failures"))
                guard try row.bool("is_due"), let end = try Self.end(partition, connection), end > seq else {
                    return .done(.idle)
                }
                // After a failure, the event at fault comes alone.
                let count = failures > 0 ? 1 : limit
                spot = Spot(seq: seq, limit: count, failures: Int(failures))
                var through = min(end, seq + count)
                let events = try FollowedEvent.read(partition: partition, (seq + 1)...through, on: connection)
                if let first = events.first {
                    spot?.first = first.seq
                    try effect.take(events, on: connection)
                } else {
                    // Months that were dropped leave a gap, which can be large.
                    through = try Self.next(after: through, partition, connection).map { $0 - 1 } ?? end
                }
                try move(to: through, partition, connection)
                return .done(.took(through - seq))
            }
        } catch {
            guard let spot, spot.first != nil, !connection.isInTransaction, Self.isFaultOfEvent(error) else {
                throw error
            }
            return .failed(spot, reason: "\(error)")
        }
    }

    /// Whether an error of an effect can be the fault of an event, and not of the moment. A batch may also be too much
    /// for one statement.
    private static func isFaultOfEvent(_ error: any Error) -> Bool {
        switch error {
        case let error as StoreError: error.kind == .corrupt
        case let error as PostgresError:
            error.code == SQLState.queryCanceled || !error.isTransient && error.kind != .unknownOutcome
        default: true
        }
    }

    // MARK: Statements

    private func key(_ partition: Int) -> [PostgresValue] { [.text(name), .int(Int64(partition))] }

    private func locked(_ partition: Int, _ connection: PostgresConnection) throws -> PostgresRow? {
        try connection.query(
            """
            SELECT seq, failures, available_at <= clock_timestamp() AS is_due FROM follower_positions
            WHERE follower = $1 AND partition = $2 FOR UPDATE SKIP LOCKED
            """, key(partition)
        ).first
    }

    private func exists(_ partition: Int, _ connection: PostgresConnection) throws -> Bool {
        let found = try connection.query(
            "SELECT FROM follower_positions WHERE follower = $1 AND partition = $2", key(partition))
        return !found.rows.isEmpty
    }

    /// Begins right before the first event that the ledger has.
    private func create(_ partition: Int, _ connection: PostgresConnection) throws {
        try connection.execute(
            """
            INSERT INTO follower_positions (follower, partition, seq)
            VALUES ($1, $2, coalesce(
                (SELECT min(seq) - 1 FROM score_events WHERE partition = $2),
                (SELECT seq FROM partition_positions WHERE partition = $2), 0))
            ON CONFLICT DO NOTHING
            """, key(partition))
    }

    private func move(to seq: Int64, _ partition: Int, _ connection: PostgresConnection) throws {
        try connection.execute(
            """
            UPDATE follower_positions SET seq = $3, failures = 0, failure = NULL, available_at = clock_timestamp(),
                updated_at = clock_timestamp()
            WHERE follower = $1 AND partition = $2
            """, key(partition) + [.int(seq)])
    }

    /// Keeps that an event could not be taken, unless another node has come further meanwhile.
    private func keep(
        _ spot: Spot, _ reason: String, _ partition: Int, _ connection: PostgresConnection
    ) throws -> FollowerStep {
        let failures = spot.failures + 1
        // Text from outside may be in it, and Postgres cannot store the character NUL.
        let kept = String(reason.replacing("\0", with: "").prefix(Self.reasonMax))
        try connection.execute(
            """
            UPDATE follower_positions SET failures = $4, failure = $5, updated_at = clock_timestamp(),
                available_at = clock_timestamp() + $6::bigint * interval '1 millisecond'
            WHERE follower = $1 AND partition = $2 AND seq = $3
            """,
            key(partition) + [
                .int(spot.seq), .int(Int64(failures)), .text(kept),
                .int(retries.wait(failures: failures).wholeMilliseconds),
            ])
        return .failed(
            FollowerFailure(
                partition: partition, seq: spot.first ?? spot.seq + 1, failures: failures, reason: kept))
    }

    /// The longest reason that is kept, in characters.
    private static let reasonMax = 500

    private static func end(_ partition: Int, _ connection: PostgresConnection) throws -> Int64? {
        try connection.query(
            "SELECT seq FROM partition_positions WHERE partition = $1", [.int(Int64(partition))]
        ).first?.int("seq")
    }

    private static func next(
        after seq: Int64, _ partition: Int, _ connection: PostgresConnection
    ) throws -> Int64? {
        try connection.query(
            "SELECT min(seq) AS next FROM score_events WHERE partition = $1 AND seq > $2",
            [.int(Int64(partition)), .int(seq)]
        ).first?.intOrNil("next")
    }
}
