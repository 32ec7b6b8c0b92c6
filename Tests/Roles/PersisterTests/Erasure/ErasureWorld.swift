import Leaderboard
import NIOConcurrencyHelpers
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// A world whose three months were played, with the work of persisters on the deletions of users.
struct ErasureWorld: Sendable {
    let base: RetentionWorld

    /// The error that ends an attempt.
    struct Killed: Error {}

    /// The work of one persister, which can be killed before one of its steps.
    struct Node: Sendable {
        let job: ErasureJob
        let store: PostgresErasures
        /// How many steps were begun.
        let steps: NIOLockedValueBox<Int>
    }

    /// Runs a body with a persister of its own session, whose batches are small.
    ///
    /// - Parameter last: the number of the step before which it is killed; nil for never.
    @discardableResult
    func withNode<T: Sendable>(
        killedAt last: Int? = nil, lifetime: Int64 = 0, _ body: (Node) async throws -> T
    ) async throws -> T {
        let deployment = base.deployment
        return try await base.withSession { session in
            let steps = NIOLockedValueBox(0)
            let store = PostgresErasures(session: session, batchRows: 4) { _ in
                let number = steps.withLockedValue { steps in
                    steps += 1
                    return steps
                }
                if number == last { throw Killed() }
            }
            let job = ErasureJob(
                store: store,
                hub: RedisErasureHub(redis: deployment.redis, partitioning: deployment.partitioning),
                outbox: deployment.outbox, ledger: PostgresLedger(session: deployment.pool),
                catalogue: PostgresCatalogueStore(pool: deployment.pool), receiptLifetimeMilliseconds: lifetime,
                logger: quietLogger)
            try await eventually("the lease is free") { try await store.acquireLease() }
            return try await body(Node(job: job, store: store, steps: steps))
        }
    }

    /// Begins the deletion of a user, as an account's end does.
    func begin(_ user: String) async throws {
        _ = try await PostgresErasures(session: base.deployment.pool).begin(user, patience: 0)
    }

    /// The states of the deletions.
    func states() async throws -> [String] {
        try await base.column("SELECT state FROM user_deletions ORDER BY requested_at")
    }

    /// Works until all deletions are at their end.
    func finish(_ location: SourceLocation = #_sourceLocation) async throws {
        try await withNode { node in
            for _ in 0..<8 where try await states().contains(where: { $0 != "done" }) {
                try await node.job.round()
                try await base.carry()
                // Periods that were over are archived.
                try await base.sealDue()
            }
        }
        #expect(try await states().allSatisfy { $0 == "done" }, sourceLocation: location)
    }

    /// The pseudonym of the last deletion.
    func pseudonym() async throws -> String {
        try #require(
            try await base.column("SELECT pseudonym FROM user_deletions ORDER BY requested_at DESC LIMIT 1").first)
    }

    // MARK: Comparing

    /// Expects that no table holds a text.
    func expectNowhere(_ text: String, _ location: SourceLocation = #_sourceLocation) async throws {
        let tables = try await base.column(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        #expect(tables.count > 20, sourceLocation: location)
        // As it is, as JSON, and as the JSON of letters, which is in ASCII.
        let json = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let ascii = json.utf16.map { $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : Self.escape($0) }.joined()
        for table in tables {
            let found = try await base.deployment.pool.withConnection { connection in
                try connection.query(
                    """
                    SELECT said FROM (
                        SELECT replace(replace(line::text, '""', '"'), '\\\\', '\\') AS said FROM \(table) AS line
                    ) AS lines
                    WHERE position($1 IN said) > 0 OR position($2 IN said) > 0 OR position($3 IN said) > 0
                    """, [.text(text), .text(json), .text(ascii)]
                ).rows.map { try $0.string(0) }
            }
            #expect(found.isEmpty, "\(table): \(found.prefix(3))", sourceLocation: location)
        }
        // Daily counts keep the name until they expire.
        let redis = base.deployment.redis
        for key in try await redis.command("KEYS", "*").array?.compactMap(\.string) ?? [] where !key.contains(":daily:")
        {
            #expect(!key.contains(text), "\(key)", sourceLocation: location)
            let content =
                switch try await redis.command("TYPE", key).string {
                case "hash": try await redis.command("HGETALL", key)
                case "zset": try await redis.command("ZRANGE", key, "0", "-1")
                case "stream": try await redis.command("XRANGE", key, "-", "+")
                default: try await redis.command("GET", key)
                }
            #expect(!"\(content)".contains(text), "\(key)", sourceLocation: location)
        }
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// Expects that each archive has the checksum of its entries.
    func expectChecksums(_ location: SourceLocation = #_sourceLocation) async throws {
        let wrong = try await base.column(
            """
            SELECT concat_ws(' ', board, window_name, period) FROM archived_periods AS sealed
            WHERE archived_at IS NOT NULL AND checksum <> (
                SELECT encode(sha256(convert_to(
                    string_agg(rank || ',' || user_id || ',' || score || E'\\n', '' ORDER BY place), 'UTF8')), 'hex')
                FROM archived_entries AS entry WHERE entry.board = sealed.board
                    AND entry.window_name = sealed.window_name AND entry.period = sealed.period)
            """)
        #expect(wrong.isEmpty, sourceLocation: location)
    }

    /// Ranks and scores of all archives, by place.
    func archivedPlaces() async throws -> [String] {
        try await base.column(
            """
            SELECT concat_ws(' ', board, window_name, period, place, rank, better, score) FROM archived_entries
            ORDER BY 1
            """)
    }

    /// The user's places in the rankings of Redis.
    func places(of user: String) async throws -> [String] {
        try await base.rankings().flatMap { key, lines in
            key.hasPrefix("members:") ? lines.filter { $0.hasPrefix(user + " ") }.map { "\(key) \($0)" } : []
        }
    }
}

extension RetentionWorld {
    /// Puts a user into the tables that quote events, beside its dead letters.
    func fillQuotes(of user: String) async throws {
        var event = LedgerEvent(
            seq: 9_000_000, userID: user, action: "many", nonce: "n", signature: "s-9300-orphan", issuedAt: Self.may,
            appliedAt: Self.may,
            outcomes: [
                RankingOutcome(ranking: Ranking(board: "best"), place: .init(score: 1, rank: 1, isChanged: true))
            ])
        var orphans = [event]
        event.seq += 1
        orphans.append(event)
        let found = orphans
        let kept = try await withSession { session in
            try await PostgresRebuildSource(session: session).keepOrphans(found, partition: partition, epoch: "e")
        }
        #expect(kept == 2)
        try await deployment.pool.withConnection { connection in
            for statement in [
                """
                INSERT INTO suspicions (minute, user_id, reason, attempts, first_at, last_at, nonce, signature,
                    presented, node)
                VALUES ('2026-07-01', $1, 'forged', 1, '2026-07-01', '2026-07-01', 'n', 's-9300', 'v1.s-9300', 'node')
                """,
                """
                WITH made AS (INSERT INTO audits (node, started_at) VALUES ('node', '2026-07-01') RETURNING id)
                INSERT INTO audit_findings (audit_id, found_at, kind, rule, board, user_id, evidence)
                SELECT id, '2026-07-01', 'irregularity', 'too_fast', 'best', $1,
                    jsonb_build_object('user_id', $1::text, 'updates', 3)::json FROM made
                """,
                """
                INSERT INTO audit_log (at, actor, act, subject, outcome, detail)
                VALUES ('2026-07-01', $1, 'ban', $1, 'done', jsonb_build_object('user', $1::text))
                """,
            ] { try connection.execute(statement, [.text(user)]) }
            try connection.script(
                """
                INSERT INTO settled_letters (id, at, partition, seq, epoch, refused_by, sqlstate, reason, event,
                    command, result)
                SELECT id, at, partition, seq, epoch, refused_by, sqlstate, reason, event, 'drop', 'corrected'
                FROM dead_letters
                """)
        }
    }
}

/// Runs a test with a world whose three months were played.
func withErasureWorld(_ body: (ErasureWorld) async throws -> Void) async throws {
    try await withThreeMonths { try await body(ErasureWorld(base: $0)) }
}
