import Leaderboard
import NIOConcurrencyHelpers
import PostgresClient

/// The months of the ledger in Postgres: makes them ahead, and drops old ones. `docs/adr/0025` has the reasons.
public struct PostgresRetention: LedgerRetention {
    /// The steps of a drop. Each can be the last one; the next attempt goes on.
    package enum Step: CaseIterable, Sendable {
        case keepBlocks, record, detach, keepRest, sweep, drop
    }

    private let session: PostgresPool
    private let before: @Sendable (Step) async throws -> Void
    private let chunkBlocks: Int64
    private let detachTries: Int
    private let lease = NIOLockedValueBox<UInt64?>(nil)

    /// The keys of the lock. No partition has the second one.
    private static let lock = "\(LedgerLeases.lockClass), -3"
    /// Months that are made ahead, besides the current one.
    private static let monthsAhead = 2
    /// From the issue of an action id to its event, in ms: a day, an hour of skew, and room.
    private static let lateMilliseconds: Int64 = 2 * 86_400_000
    /// The first version of Postgres that can detach without a lock, and read a range of blocks.
    private static let serverVersionMin: Int64 = 140_000

    /// - Parameter session: a pool of one connection to a migrated database. The lease ends with this connection. Its
    ///   statements may take minutes.
    public init(session: PostgresPool) {
        self.init(session: session, chunkBlocks: 16_384, detachTries: 20)
    }

    /// - Parameters:
    ///   - session: as above.
    ///   - chunkBlocks: blocks of a month that are read by one statement, 128 MB.
    ///   - detachTries: how often it is tried to detach a month, with a second between.
    ///   - before: called before each step; an error ends the drop there.
    package init(
        session: PostgresPool, chunkBlocks: Int64, detachTries: Int,
        before: @escaping @Sendable (Step) async throws -> Void = { _ in }
    ) {
        self.session = session
        self.chunkBlocks = chunkBlocks
        self.detachTries = detachTries
        self.before = before
    }

    /// See `LedgerRetention`.
    public func acquireLease() async throws(StoreError) -> Bool {
        try await session.run { [lease] connection in
            if lease.withLockedValue({ $0 }) == connection.id { return true }
            let held = try connection.query("SELECT pg_try_advisory_lock(\(Self.lock)) AS held").first
            guard try held?.bool("held") == true else { return false }
            lease.withLockedValue { $0 = connection.id }
            return true
        }
    }

    /// Runs `body` on the connection that holds the lease.
    private func leased<T: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws(StoreError) -> T {
        if Task.isCancelled { throw StoreError(.unavailable, "the node stops") }
        return try await session.run { [lease] connection in
            guard lease.withLockedValue({ $0 }) == connection.id else {
                throw StoreError(.conflict, "the lease of the ledger's months is lost")
            }
            return try body(connection)
        }
    }

    /// See `LedgerRetention`.
    public func makeMonths(at now: Int64) async throws(StoreError) {
        try await leased { connection in
            var month = LedgerMonth(milliseconds: now)
            for _ in 0...Self.monthsAhead {
                if try month.isMissing(on: connection) {
                    // If there is no lock, the next round makes it, or the ledger when it needs it.
                    _ = try MonthTable.withLockTimeout(on: connection) { try month.make(on: connection) }
                }
                month = month.next
            }
        }
    }

    /// See `LedgerRetention`.
    public func oldestMonth() async throws(StoreError) -> Int64? {
        try await leased { try MonthTable.attached(on: $0).first?.startMilliseconds }
    }

    // MARK: Drop

    /// See `LedgerRetention`.
    public func dropOldest(before bound: Int64) async throws(StoreError) -> MonthDrop {
        if let month = try await leased({ try Self.begun(on: $0) }) {
            switch try await leased({ try MonthTable.state(of: month, on: $0) }) {
            case .attached: break
            case .detaching, .detached, .missing: return try await finish(month)
            }
        }
        guard let month = try await leased({ try MonthTable.attached(on: $0).first }),
            month.endMilliseconds + Self.lateMilliseconds <= bound
        else { return .none }
        let due = month.endMilliseconds + Self.lateMilliseconds
        if let reason = try await reason(toKeep: month, before: due) { return reason }
        try await step(.keepBlocks)
        let tally = try await keep(month)
        if let newest = tally.newest, newest + Self.lateMilliseconds > due {
            guard newest < bound else {
                return .kept(month: month.text, because: "its newest event is not older than the retention")
            }
            if let reason = try await reason(toKeep: month, before: newest + Self.lateMilliseconds) { return reason }
        }
        try await step(.record)
        try await leased { try Self.record(month, tally, on: $0) }
        return try await finish(month, tally.openings)
    }

    /// Goes on with a month that was recorded.
    private func finish(_ month: LedgerMonth, _ openings: Int64 = 0) async throws(StoreError) -> MonthDrop {
        var openings = openings
        try await step(.detach)
        guard try await detach(month) else {
            return .kept(month: month.text, because: "others read the ledger all the time")
        }
        try await step(.keepRest)
        openings += try await keepRest(of: month)
        try await step(.sweep)
        var place: LedgerOpenings.Place? = .init()
        while let after = place {
            place = try await leased { try LedgerOpenings(month: month).sweep(after: after, on: $0) }
        }
        try await step(.drop)
        let row = try await leased { connection in
            var facts: (rows: Int64, bytes: Int64)?
            let isDone = try MonthTable.withLockTimeout(on: connection) {
                facts = try Self.drop(month, on: connection)
            }
            return isDone ? facts.map { [$0.rows, $0.bytes] } : nil
        }
        guard let row else { return .kept(month: month.text, because: "others read its table") }
        return .dropped(DroppedMonth(month: month.text, rows: row[0], bytes: row[1], openings: openings))
    }

    private func step(_ step: Step) async throws(StoreError) {
        do { try await before(step) } catch { throw StoreError(postgres: error) }
    }

    /// Keeps what the table of a month says.
    private func keep(_ month: LedgerMonth) async throws(StoreError) -> LedgerOpenings.Tally {
        try await tally(month) { blocks, connection in
            try connection.transaction { connection in
                // The renaming of a deleted user's openings waits for this, so that none is written after it.
                try connection.query("SELECT pg_advisory_xact_lock_shared(\(EventRenaming.openingsLock))")
                return try LedgerOpenings(month: month).keep(blocks: blocks, on: connection)
            }
        }
    }

    /// Keeps what was added to a table after it was read. It is detached now, so that nothing more can come. Rows are
    /// never removed, so their number tells whether some were added.
    ///
    /// - Returns: how many openings were written.
    private func keepRest(of month: LedgerMonth) async throws(StoreError) -> Int64 {
        let known = try await leased { connection in
            try month.isMissing(on: connection)
                ? nil
                : connection.query("SELECT rows FROM ledger_drops WHERE month = $1", [.text(month.firstDay)])
                    .first?.int(0)
        }
        guard let known else { return 0 }
        let count = try await tally(month) { try LedgerOpenings(month: month).count(blocks: $0, on: $1) }
        return count.rows == known ? 0 : try await keep(month).openings
    }

    /// Reads the blocks of a month, the last ones first.
    private func tally(
        _ month: LedgerMonth,
        _ read: @escaping @Sendable (Range<Int64>, PostgresConnection) throws -> LedgerOpenings.Tally
    ) async throws(StoreError) -> LedgerOpenings.Tally {
        var end = try await leased { try LedgerOpenings(month: month).blocks(on: $0) }
        var tally = LedgerOpenings.Tally()
        while end > 0 {
            let blocks = max(0, end - chunkBlocks)..<end
            let part = try await leased { try read(blocks, $0) }
            tally.rows += part.rows
            tally.openings += part.openings
            tally.newest = [tally.newest, part.newest].compactMap { $0 }.max()
            end = blocks.lowerBound
        }
        return tally
    }

    /// Returns false if that was not possible for some time.
    private func detach(_ month: LedgerMonth) async throws(StoreError) -> Bool {
        for attempt in 1...detachTries {
            let isDone = try await leased { connection in
                switch try MonthTable.state(of: month, on: connection) {
                case .missing, .detached: true
                case .attached, .detaching: try MonthTable.detach(month, on: connection)
                }
            }
            if isDone { return true }
            if attempt < detachTries { try? await Task.sleep(for: .seconds(1)) }
        }
        return false
    }

    // MARK: Statements

    /// The month whose drop was begun and not ended.
    private static func begun(on connection: PostgresConnection) throws -> LedgerMonth? {
        try connection.query(
            "SELECT to_char(month, 'YYYY-MM') FROM ledger_drops WHERE dropped_at IS NULL ORDER BY month LIMIT 1"
        ).first.flatMap { LedgerMonth(try $0.string(0)) }
    }

    /// Why a month has to stay: a letter of an event that was issued in it or before, or applied before `time`, or a
    /// period that was sealed before and waits for its archive.
    private func reason(toKeep month: LedgerMonth, before time: Int64) async throws(StoreError) -> MonthDrop? {
        try await leased { connection in
            let facts = try connection.query(
                """
                SELECT current_setting('server_version_num')::bigint,
                    EXISTS (SELECT FROM dead_letters
                        WHERE coalesce(substring(event::text FROM '"issued_at_ms": ?(-?[0-9]+)')::bigint, 0) < $1
                            OR coalesce(substring(event::text FROM '"applied_at_ms": ?(-?[0-9]+)')::bigint, 0) < $2),
                    EXISTS (SELECT FROM archived_periods
                        WHERE archived_at IS NULL AND expired_at IS NULL AND sealed_at < $3)
                """,
                [.int(month.endMilliseconds), .int(time), .timestamp(milliseconds: time)]
            ).first
            guard let facts else { return nil }
            let reason: String? =
                if try facts.int(0) < Self.serverVersionMin {
                    "this needs PostgreSQL 14"
                } else if try facts.bool(1) {
                    "dead letters of that time are open"
                } else if try facts.bool(2) {
                    "a period that was sealed then is not archived yet"
                } else {
                    nil
                }
            return reason.map { .kept(month: month.text, because: $0) }
        }
    }

    private static func record(
        _ month: LedgerMonth, _ tally: LedgerOpenings.Tally, on connection: PostgresConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO ledger_drops (month, rows, bytes, newest_at)
            VALUES ($1, $2, pg_total_relation_size($3::regclass), $4)
            ON CONFLICT (month) DO UPDATE SET began_at = now(), dropped_at = NULL, rows = EXCLUDED.rows,
                bytes = EXCLUDED.bytes, newest_at = EXCLUDED.newest_at
            """,
            [
                .text(month.firstDay), .int(tally.rows), .text(month.tableName),
                tally.newest.map { .timestamp(milliseconds: $0) } ?? .null,
            ])
    }

    private static func drop(
        _ month: LedgerMonth, on connection: PostgresConnection
    ) throws -> (rows: Int64, bytes: Int64)? {
        try connection.transaction { connection in
            try connection.script("DROP TABLE IF EXISTS \(month.tableName)")
            return try connection.query(
                "UPDATE ledger_drops SET dropped_at = now() WHERE month = $1 RETURNING rows, bytes",
                [.text(month.firstDay)]
            ).first.map { (try $0.int(0), try $0.int(1)) }
        }
    }
}
