import Leaderboard
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// The calls that take scores off, and what they must leave alone: all that belongs to a later life.
@Suite(.timeLimit(.minutes(2)))
struct ErasureCallTests {
    private static let user = "user é 3"

    private static func hub(_ world: HealWorld) -> RedisErasureHub {
        RedisErasureHub(redis: world.redis, partitioning: world.deployment.partitioning)
    }

    private static func holds(_ world: HealWorld, _ user: String = user) async throws -> Bool {
        try await world.redis.command("HEXISTS", "\(world.keys.tag):members:points:all:all", user).int64 == 1
    }

    @Test("A call that comes too late does nothing, nor does one of a node that lost the lease")
    func late() async throws {
        try await withHealWorld { world in
            try await world.play(0..<12)
            let image = try await world.image()
            let (store, hub) = (PostgresErasures(session: world.deployment.pool), Self.hub(world))
            let erasure = try await store.begin(Self.user, patience: 60_000)
            let now = try await hub.now()
            await #expect(throws: StoreError.self) {
                _ = try await hub.erase(erasure, from: world.boards[0], writesEvent: true, before: now)
            }
            await #expect(throws: StoreError.self) {
                try await ErasurePass(store: store, hub: hub).run(erasure, boards: world.boards) { false }
            }
            #expect(try await world.image() == image)
            #expect(try await store.boards(of: erasure) == [])
            _ = try await hub.erase(erasure, from: world.boards[0], writesEvent: true, before: now + 60_000)
            #expect(try await !Self.holds(world))
        }
    }

    @Test("A request takes the scores off at once, and persisters wait if it could not")
    func prompt() async throws {
        try await withHealWorld { world in
            try await world.play(0..<12)
            let store = PostgresErasures(session: world.deployment.pool)
            let prompt = PromptErasure(store: store, hub: Self.hub(world))
            let pseudonym = try await prompt.delete(Self.user, from: world.boards)
            #expect(try await !Self.holds(world))
            #expect(try await store.due(lifetime: 0, limit: 10).map(\.pseudonym) == [pseudonym])
            try await world.close()
            _ = try await prompt.delete("user é 5", from: world.boards)
            #expect(try await Self.holds(world, "user é 5"))
            #expect(try await store.due(lifetime: 0, limit: 10).map(\.pseudonym) == [pseudonym])
        }
    }

    @Test("What quotes a later life keeps the name")
    func laterLife() async throws {
        try await withHealWorld { world in
            try await world.run("ALTER TABLE score_events ADD CONSTRAINT odd CHECK (nonce NOT IN ('n14', 'n47'))")
            try await world.play(0..<40)
            try await world.carry()
            let pseudonym = try await world.erase(Self.user, lifetime: 86_400_000)
            try await world.play(40..<50)
            try await world.carry()
            try await world.quoteLaterLife(of: Self.user)
            // The second look, when the action ids have expired.
            try await world.withErasureJob(lifetime: 0) { try await $0.round() }
            #expect(try await world.deployment.column("SELECT state FROM user_deletions") == ["done"])
            func nonces(_ table: String, _ user: String) async throws -> [String] {
                try await world.deployment.column(
                    "SELECT DISTINCT event->>'nonce' FROM \(table) WHERE event->>'user_id' = '\(user)' ORDER BY 1")
            }
            #expect(try await nonces("dead_letters", pseudonym) == [""])
            #expect(try await nonces("dead_letters", Self.user) == ["n47"])
            #expect(try await nonces("orphaned_events", pseudonym) == [""])
            #expect(try await nonces("orphaned_events", Self.user) == ["later"])
            for table in ["suspicions", "audit_findings", "audit_log"] {
                let left = try await world.deployment.column(
                    "SELECT count(*)::text FROM \(table) AS line WHERE position('\(Self.user)' IN line::text) > 0")
                #expect(left == ["1"], "\(table)")
            }
        }
    }
}

extension HealWorld {
    func run(_ sql: String) async throws { try await deployment.pool.withConnection { try $0.script(sql) } }

    /// Puts a user into the tables that quote events: rows of the life that was deleted, and of a later one.
    func quoteLaterLife(of user: String) async throws {
        var event = LedgerEvent(
            seq: 9_000_000, userID: user, action: "many", nonce: "before", signature: "orphan-1", issuedAt: issuedAt,
            appliedAt: issuedAt - 3_600_000,
            outcomes: [
                RankingOutcome(ranking: Ranking(board: "points"), place: .init(score: 1, rank: 1, isChanged: true))
            ])
        var orphans = [event]
        (event.seq, event.nonce, event.signature) = (9_000_001, "later", "orphan-2")
        event.appliedAt = issuedAt + 3_600_000
        orphans.append(event)
        #expect(try await source.keepOrphans(orphans, partition: partition, epoch: "e") == 2)
        try await deployment.pool.withConnection { connection in
            for statement in [
                """
                INSERT INTO suspicions (minute, user_id, reason, attempts, first_at, last_at, node)
                VALUES (now() + interval '1 h', $1, 'forged', 1, now() + interval '1 h', now() + interval '1 h', 'n')
                """,
                """
                WITH made AS (INSERT INTO audits (node, started_at) VALUES ('node', now()) RETURNING id)
                INSERT INTO audit_findings (audit_id, found_at, kind, rule, board, user_id, evidence)
                SELECT id, now() + interval '1 h', 'irregularity', 'too_fast', 'best', $1, '{}'::json FROM made
                """,
                """
                INSERT INTO audit_log (at, actor, act, subject, outcome, detail)
                VALUES (now() + interval '1 h', 'admin', 'ban', $1, 'done', '{}'::jsonb)
                """,
            ] { try connection.execute(statement, [.text(user)]) }
        }
    }
}
