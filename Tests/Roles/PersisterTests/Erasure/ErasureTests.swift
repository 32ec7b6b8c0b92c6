import Leaderboard
import NIOConcurrencyHelpers
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// Users are deleted everywhere, and nobody can tell from the scores of the others.
@Suite(.timeLimit(.minutes(4)))
struct ErasureTests {
    private static let user = "user é 5"

    @Test("A deleted user is nowhere, archives keep their places, and audits and rebuilds agree")
    func everywhere() async throws {
        try await withErasureWorld { world in
            let base = world.base
            let places = try await world.archivedPlaces()
            let rows = try await base.column("SELECT count(*)::text FROM score_events WHERE user_id = '\(Self.user)'")
            #expect(try await !world.places(of: Self.user).isEmpty)
            try await world.begin(Self.user)
            // A period is over, and waits for its archive.
            try await world.withNode { node in
                for _ in 0..<3 {
                    try await node.job.round()
                    try await base.carry()
                    try await base.expectAgreement()
                }
            }
            #expect(try await world.states() == ["names"])
            try await world.finish()
            #expect(try await world.places(of: Self.user).isEmpty)
            try await world.expectNowhere(Self.user)
            try await world.expectChecksums()
            let now = try await world.archivedPlaces()
            #expect(now.count > places.count && Set(now).isSuperset(of: places))
            let pseudonym = try await world.pseudonym()
            let renamed = try await base.column(
                "SELECT count(*)::text FROM score_events WHERE user_id = '\(pseudonym)' AND kind = 'update'")
            #expect(renamed == rows)
            let revised = try await base.column(
                """
                SELECT DISTINCT (revised_at IS NOT NULL)::text FROM archived_periods JOIN archived_entries
                    USING (board, window_name, period) WHERE user_id = '\(pseudonym)'
                """)
            #expect(revised == ["true"])
            let left = try await base.column(
                """
                SELECT count(*)::text FROM score_events WHERE user_id = '\(pseudonym)' AND kind = 'update'
                    AND (nonce <> '' OR signature NOT LIKE 'erased.%')
                """)
            #expect(left == ["0"])
            try await base.expectAgreement()
            try await base.expectSameAfterRebuild()
            try await base.expectAgreement()
            // The months can go as before.
            for month in 0..<3 {
                try await base.drop(month)
                try await base.expectAgreement()
            }
            try await world.expectNowhere(Self.user)
        }
    }

    @Test("After a kill before any step an audit agrees, and the next persister comes to the same end")
    func killed() async throws {
        try await withErasureWorld { world in
            let base = world.base
            try await base.drop(0)
            try await world.begin(Self.user)
            var kills = 0
            while try await world.states() != ["done"] {
                // Each life comes a little further than the last one, or ends before its first step.
                let steps = try await world.withNode(killedAt: 1 + kills % 4) { node in
                    do throws(StoreError) { _ = try await node.job.round() } catch {}
                    return node.steps.withLockedValue { $0 }
                }
                kills += 1
                try await base.carry()
                try await base.expectAgreement()
                if kills == 15 { try await base.sealDue() }
                if kills.isMultiple(of: 10) { try await base.expectSameAfterRebuild() }
                let states = try await world.states()
                try #require(kills < 200, "after \(steps) steps: \(states)")
                // Lives that end after few steps never see the last ones.
                if kills > 40 { try await world.finish() }
            }
            #expect(kills > 10)
            try await world.expectNowhere(Self.user)
            try await world.expectChecksums()
            try await base.expectSameAfterRebuild()
            try await base.expectAgreement()
        }
    }

    @Test("The same user id begins again: at once, while it is renamed, and after the end")
    func beginsAgain() async throws {
        try await withErasureWorld { world in
            let base = world.base
            let user = Self.user
            try await base.sealDue()
            try await world.begin(user)
            // The scores are off, and the ledger does not know it yet.
            try await world.withNode { _ = try await $0.job.round() }
            #expect(try await world.places(of: user).isEmpty)
            try await base.update(9100, user: user, boards: [base.boards[0]])
            try await base.carry()
            try await base.expectAgreement()
            try await world.withNode(killedAt: 3) { node in
                await #expect(throws: StoreError.self) { try await node.job.round() }
            }
            try await base.update(9101, user: user, boards: [base.boards[0], base.boards[3]])
            try await base.carry()
            try await base.expectAgreement()
            try await world.finish()
            try await base.update(9102, user: user)
            try await base.carry()
            try await base.expectAgreement()
            let own = try await base.column("SELECT DISTINCT seq::text FROM score_events WHERE user_id = '\(user)'")
            #expect(own.count == 3)
            let score = try await base.column(
                "SELECT score::text FROM scores WHERE board = 'points' AND window_name = 'all' AND user_id = '\(user)'")
            #expect(score == ["\((9100...9102).reduce(0) { $0 + $1 * 7 % 5 + 1 })"])
            try await base.expectSameAfterRebuild()
            try await world.expectChecksums()
            // And is deleted again.
            try await world.begin(user)
            try await world.finish()
            try await world.expectNowhere(user)
            try await base.expectAgreement()
            try await base.expectSameAfterRebuild()
        }
    }

    @Test("Redis loses the event before the ledger has it: the scores are taken off again")
    func lost() async throws {
        try await withErasureWorld { world in
            let base = world.base
            try await base.sealDue()
            try await world.begin(Self.user)
            try await world.withNode { _ = try await $0.job.round() }
            #expect(try await world.places(of: Self.user).isEmpty)
            _ = try await base.deployment.redis.command("FLUSHALL")
            try await base.rebuild()
            #expect(try await !world.places(of: Self.user).isEmpty)
            try await base.expectAgreement()
            // The partitions of other boards are closed, until the heal comes to them: the deletion waits.
            try await world.withNode { node in
                for _ in 0..<4 {
                    try await node.job.round()
                    try await base.carry()
                }
            }
            #expect(try await world.places(of: Self.user).isEmpty)
            #expect(try await world.states() == ["names"])
            try await base.deployment.open()
            try await world.finish()
            try await world.expectNowhere(Self.user)
            try await base.expectAgreement()
            try await base.expectSameAfterRebuild()
        }
    }

    @Test("An action id that counted gets its first answer after the deletion, also from a Redis that was rebuilt")
    func retried() async throws {
        try await withErasureWorld { world in
            let base = world.base
            try await base.sealDue()
            try await base.update(9200, user: Self.user, boards: [base.boards[0]])
            try await base.carry()
            let update = ScoreUpdate(
                targets: UpdateTargets(of: base.boards[0], issuedAt: base.clock.now), userID: Self.user, amount: 1,
                submittedScore: nil, action: "many", nonce: "n9200", signature: "s-9200", issuedAt: base.clock.now)
            try await world.begin(Self.user)
            try await world.withNode(lifetime: 86_400_000) { node in
                for _ in 0..<4 {
                    try await node.job.round()
                    try await base.carry()
                }
            }
            #expect(try await world.states() == ["signatures"])
            for _ in 0..<2 {
                let outcome = try await base.deployment.apply(update, counts: false)
                guard case .replayed = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(try await world.places(of: Self.user).isEmpty)
                try await base.expectSameAfterRebuild()
            }
        }
    }

    @Test("Dead letters, orphans, suspicions and findings are renamed too")
    func quotes() async throws {
        try await withErasureWorld { world in
            let base = world.base
            let user = #"a "b" \ %s é 🚀 'c';--"#
            try await base.run("ALTER TABLE score_events ADD CONSTRAINT odd CHECK (nonce <> 'n9300')")
            for number in [9299, 9300, 9301] { try await base.update(number, user: user) }
            try await base.carry(refusing: true)
            try await base.fillQuotes(of: user)
            try await base.expectAgreement()
            #expect(try await base.column("SELECT count(*)::text FROM dead_letters") != ["0"])
            try await world.begin(user)
            try await world.finish()
            try await world.expectNowhere(user)
            try await base.expectAgreement()
            try await base.expectSameAfterRebuild()
            let pseudonym = try await world.pseudonym()
            for table in ["dead_letters", "settled_letters", "orphaned_events", "suspicions", "audit_findings"] {
                let found = try await base.column(
                    "SELECT count(*)::text FROM \(table) AS line WHERE position('\(pseudonym)' IN line::text) > 0")
                #expect(found != ["0"], "\(table)")
                let signed = try await base.column(
                    "SELECT count(*)::text FROM \(table) AS line WHERE position('s-9300' IN line::text) > 0")
                #expect(signed == ["0"], "\(table)")
            }
        }
    }

    @Test("Any user id can be deleted, also one without a score")
    func anyID() async throws {
        let users = [
            "'; DROP TABLE users; --", "%_\\", "👩🏽‍🚀 é", String(repeating: "x", count: 128), "user_id", "kind", "nobody",
        ]
        try await withErasureWorld { world in
            let base = world.base
            try await base.sealDue()
            for (index, user) in users.dropLast().enumerated() {
                for number in 0..<10 { try await base.update(9400 + index * 10 + number, user: user) }
            }
            try await base.carry()
            for user in users {
                let before = try await base.rankings()
                try await world.begin(user)
                try await world.finish()
                // These are also names of columns and members.
                if !["user_id", "kind"].contains(user) { try await world.expectNowhere(user) }
                #expect(try await world.places(of: user).isEmpty)
                if user == "nobody" { #expect(try await base.rankings() == before) }
                try await base.expectAgreement()
            }
            try await base.expectSameAfterRebuild()
        }
    }

    @Test("Of two persisters one works, and a request in progress is left to its node for a while")
    func two() async throws {
        try await withErasureWorld { world in
            try await world.begin(Self.user)
            try await world.withNode { first in
                let isFree = try await world.base.withSession { session in
                    try await PostgresErasures(session: session).acquireLease()
                }
                #expect(!isFree)
                try await first.job.round()
            }
            try await world.finish()
            let store = PostgresErasures(session: world.base.deployment.pool)
            let other = try await store.begin("user é 1", patience: 60_000)
            #expect(try await store.due(lifetime: 0, limit: 10).isEmpty)
            try await store.handOver(other)
            #expect(try await store.due(lifetime: 0, limit: 10) == [other])
        }
    }

    @Test("The ledger allows no other change of its rows")
    func ledgerStays() async throws {
        try await withErasureWorld { world in
            try await world.begin(Self.user)
            let pseudonym = try await world.pseudonym()
            for change in [
                "user_id = 'other'", "points = points + 1", "nonce = ''", "signature = 'x' || seq",
                "user_id = '\(pseudonym)', score = 1",
            ] {
                await #expect(throws: PostgresError.self, "\(change)") {
                    try await world.base.run("UPDATE score_events SET \(change) WHERE user_id = '\(Self.user)'")
                }
            }
            await #expect(throws: PostgresError.self) {
                try await world.base.run("UPDATE score_events SET user_id = '\(pseudonym)' WHERE user_id = 'user é 1'")
            }
            await #expect(throws: PostgresError.self) { try await world.base.run("DELETE FROM score_events") }
        }
    }
}
