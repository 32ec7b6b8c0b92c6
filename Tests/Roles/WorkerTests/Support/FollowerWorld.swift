import Basics
import Leaderboard
import LocalServers
import PostgresClient
import Storage
import Synchronization
import TestSupport
import Testing
import Worker

/// A migrated Postgres with events in its ledger, and followers that write down what they take.
struct FollowerWorld: Sendable {
    let pool: PostgresPool
    /// The time of all events, in ms since 1970.
    static let time: Int64 = 1_790_000_000_000

    var progress: PostgresFollowerProgress { PostgresFollowerProgress(pool: pool) }

    /// A follower that writes each event into the table `taken`.
    func follower(_ effect: Scribe) -> PostgresFollower {
        // A failing event is tried again when the test says so.
        PostgresFollower(effect, pool: pool, retries: Backoff(base: .seconds(600), cap: .seconds(600), jitter: .equal))
    }

    /// Adds updates to the ledger, and moves its position to the last of them.
    ///
    /// - Parameters:
    ///   - boards: each event has a row for each of them.
    func add(
        _ range: ClosedRange<Int64>, partition: Int = 0, user: String = "u1", kind: String = "update",
        boards: [String] = ["global"]
    ) async throws {
        try await run(
            """
            INSERT INTO score_events (partition, seq, board, user_id, action_id, nonce, signature, points, score,
                rank, issued_at, applied_at, kind)
            SELECT \(partition), seq, board, '\(user)', 'kill', 'n', '\(partition)-' || seq, 5, seq * 10, 2,
                to_timestamp(\(Self.time / 1000)), to_timestamp(\(Self.time / 1000 + 1)), '\(kind)'
            FROM generate_series(\(range.lowerBound), \(range.upperBound)) AS seq,
                unnest('{\(boards.joined(separator: ","))}'::text[]) AS board
            """)
        try await run(
            """
            INSERT INTO partition_positions (partition, epoch, last_id, seq, last_signature)
            VALUES (\(partition), 'e', 'x', \(range.upperBound), 's')
            ON CONFLICT (partition) DO UPDATE SET seq = EXCLUDED.seq
            """)
    }

    /// Lets waiting followers go on, as time does.
    func passTime() async throws { try await run("UPDATE follower_positions SET available_at = clock_timestamp()") }

    /// The first column of a query's result, as text.
    @discardableResult
    func run(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.string(0) } }
    }

    /// The sequence numbers that a follower took in a partition, in the order in which it did.
    func taken(_ follower: String, partition: Int = 0) async throws -> [Int64] {
        try await run(
            """
            SELECT seq::text FROM taken WHERE follower = '\(follower)' AND partition = \(partition) ORDER BY number
            """
        ).compactMap { Int64($0) }
    }

    /// Position and failures of a follower.
    func position(_ follower: String, partition: Int = 0) async throws -> String? {
        try await run(
            """
            SELECT concat_ws(' ', seq, failures, failure) FROM follower_positions
            WHERE follower = '\(follower)' AND partition = \(partition)
            """
        ).first
    }
}

/// An effect that writes down each event, and fails as a test says.
final class Scribe: FollowerEffect {
    let name: String
    private let trouble: Mutex<@Sendable (FollowedEvent) throws -> Void>
    private let seen = Mutex<[[FollowedEvent]]>([])

    init(_ name: String, _ trouble: @escaping @Sendable (FollowedEvent) throws -> Void = { _ in }) {
        self.name = name
        self.trouble = Mutex(trouble)
    }

    /// The batches that it was given, also those that failed.
    var batches: [[FollowedEvent]] { seen.withLock { $0 } }

    /// All goes well from now on.
    func heal() { trouble.withLock { $0 = { _ in } } }

    func take(_ events: [FollowedEvent], on connection: PostgresConnection) throws {
        seen.withLock { $0.append(events) }
        let trouble = trouble.withLock { $0 }
        for event in events {
            try connection.execute(
                "INSERT INTO taken (follower, partition, seq) VALUES ($1, $2, $3)",
                [.text(name), .int(Int64(event.partition)), .int(event.seq)])
            try trouble(event)
        }
    }
}

/// Runs a test with a new database.
func withFollowerWorld(_ body: (FollowerWorld) async throws -> Void) async throws {
    try await withPostgres { postgres in
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: postgres.url), logger: quietLogger)
        try await withCleanUp {
            try await Migrator.migrate(pool: pool, migrations: Migrations.all)
            let world = FollowerWorld(pool: pool)
            let month = LedgerMonth(milliseconds: FollowerWorld.time).createTable
            try await pool.withConnection { connection in
                try connection.script(month)
                try connection.script(
                    """
                    CREATE TABLE taken (
                        number bigint GENERATED ALWAYS AS IDENTITY, follower text, partition smallint, seq bigint)
                    """)
            }
            try await body(world)
        } then: {
            _ = await pool.shutdown(grace: .seconds(5))
        }
    }
}
