import Leaderboard
import Logging
import NIOConcurrencyHelpers
import PostgresClient

/// The ledger in Postgres: tables `score_events`, `scores` and `partition_positions`, and the rows that
/// tell `PostgresArchive` of sealed periods.
///
/// All its work goes through one connection, which also holds the leases. If the connection is lost, so are the leases.
public final class PostgresLedger: Ledger {
    private let session: PostgresPool
    private let test: SessionTest?
    private let isTested = NIOLockedValueBox(false)
    let leases: LedgerLeases
    private let months = NIOLockedValueBox<Set<LedgerMonth>>([])

    /// - Parameters:
    ///   - session: a pool of one connection to a migrated database, for the ledger only.
    ///   - test: has to pass before the first leases are taken; nil if nothing can share sessions.
    public init(
        session: PostgresPool, test: SessionTest? = nil, logger: Logger = Logger(label: "scorecast.ledger")
    ) {
        self.session = session
        self.test = test
        leases = LedgerLeases(logger: logger)
    }

    /// See `Ledger`. Also ends sessions that hold these leases and whose clients are silent: see `LeaseWatch`.
    public func acquireLeases(_ partitions: Range<Int>) async throws(StoreError) -> Set<Int> {
        try await testSession()
        return try await session.run { [leases] in try leases.take(partitions, on: $0) }
    }

    /// See `Ledger`.
    public func keepLeases() async throws(StoreError) {
        guard !leases.isEmpty else { return }
        try await session.run { [leases] in _ = try leases.confirm(on: $0) }
    }

    private func testSession() async throws(StoreError) {
        guard let test, !isTested.withLockedValue({ $0 }) else { return }
        do throws(PostgresError) {
            try await test.run()
        } catch {
            if error.code == PostgresError.Code.sharedSession {
                throw LedgerLeases.shared(error.detail ?? error.message)
            }
            throw StoreError(postgres: error)
        }
        isTested.withLockedValue { $0 = true }
    }

    /// See `Ledger`.
    public func positions() async throws(StoreError) -> [Int: LedgerPosition] {
        try await session.run { connection in
            let rows = try connection.query("SELECT * FROM partition_positions").rows.map {
                (
                    Int(try $0.int("partition")),
                    LedgerPosition(
                        epoch: try $0.string("epoch"), seq: try $0.int("seq"),
                        signature: try $0.string("last_signature"))
                )
            }
            return Dictionary(rows, uniquingKeysWith: { $1 })
        }
    }

    /// See `Ledger`.
    @discardableResult
    public func commit(
        _ batches: [OutboxBatch], from positions: [Int: LedgerPosition]
    ) async throws(StoreError) -> [DeadLetter] {
        try await session.run { [leases, months] connection in
            let backend = try leases.backend(holding: batches.map(\.partition), on: connection)
            /// Moves the positions past the batches, in the same transaction in which `write` writes their events.
            func carry<T>(_ write: (PostgresConnection) throws -> T) throws -> T {
                try Self.makeMonths(of: batches, known: months, on: connection)
                return try Self.withTime(for: batches, on: connection) {
                    try connection.transaction { connection in
                        for batch in batches {
                            try Self.move(batch, from: positions[batch.partition], backend: backend, on: connection)
                        }
                        return try write(connection)
                    }
                }
            }
            let events = CarriedEvent.all(of: batches)
            do {
                do {
                    try carry { connection in
                        try LedgerRow.append(LedgerRow.rows(of: events), on: connection)
                        for step in ScoreStep.steps(of: events) { try step.take(on: connection) }
                    }
                    return []
                } catch let error as PostgresError where error.isFaultOfRow {
                    // The slow way finds the rows at fault.
                    months.withLockedValue { $0.removeAll() }
                    return try carry { try DeadLetters.write(events, on: $0) }
                }
            } catch {
                // Forget the known months: if somebody removed a monthly table, the next attempt creates it again.
                months.withLockedValue { $0.removeAll() }
                throw error
            }
        }
    }

    /// Gives each statement more time if one of the events is not an update: it may empty a large ranking.
    private static func withTime<T>(
        for batches: [OutboxBatch], on connection: PostgresConnection, _ body: () throws -> T
    ) throws -> T {
        let hasActs = batches.contains { $0.events.contains { $0.kind != .update } }
        return hasActs ? try connection.withStatementTimeout(LedgerAct.statementTimeout, body) : try body()
    }

    /// Creates the ledger's missing partitions for the months in which the events' action ids were issued.
    private static func makeMonths(
        of batches: [OutboxBatch], known: NIOLockedValueBox<Set<LedgerMonth>>, on connection: PostgresConnection
    ) throws {
        let needed = Set(batches.lazy.flatMap(\.events).map { LedgerMonth(milliseconds: $0.issuedAt) })
        for month in needed.subtracting(known.withLockedValue { $0 }) {
            try month.make(on: connection)
            known.withLockedValue { _ = $0.insert(month) }
        }
    }

    /// Moves a partition's position past a batch. Fails if the position is not right before the batch, or if the server
    /// process is not the one that took the leases: a pooler may have swapped it.
    private static func move(
        _ batch: OutboxBatch, from position: LedgerPosition?, backend: Int64, on connection: PostgresConnection
    ) throws {
        let before = position?.seq ?? 0
        guard let first = batch.events.first, let last = batch.events.last else { return }
        guard first.seq == before + 1, last.seq - first.seq == Int64(batch.events.count - 1) else {
            throw StoreError(
                .corrupt,
                "the outbox of partition \(batch.partition) has a gap after \(before): it goes on at \(first.seq)")
        }
        let values: [PostgresValue] = [
            .int(Int64(batch.partition)), .text(batch.epoch), .text("\(last.seq)-0"), .int(last.seq),
            .text(last.signature), .int(before), .int(backend),
        ]
        let moved: Int
        if position == nil {
            moved = try connection.execute(
                """
                INSERT INTO partition_positions (partition, epoch, last_id, seq, last_signature)
                SELECT $1, $2, $3, $4, $5 WHERE $6 = 0 AND pg_backend_pid() = $7 ON CONFLICT DO NOTHING
                """, values)
        } else {
            moved = try connection.execute(
                """
                UPDATE partition_positions
                SET epoch = $2, last_id = $3, seq = $4, last_signature = $5, updated_at = now()
                WHERE partition = $1 AND seq = $6 AND pg_backend_pid() = $7
                """, values)
        }
        guard moved == 1 else {
            throw StoreError(
                .conflict,
                "the position of partition \(batch.partition) is not at \(before) any more, or this is another session")
        }
    }
}
