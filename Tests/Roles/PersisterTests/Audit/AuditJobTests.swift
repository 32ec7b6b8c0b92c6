import Leaderboard
import Persister
import PostgresClient
import Storage
import TestSupport
import Testing

/// Audits by the schedule, with their record in the database.
@Suite(.timeLimit(.minutes(1)))
struct AuditJobTests {
    /// A catalogue that does not change.
    private struct FixedCatalogue: CatalogueSource {
        let current: Catalogue?
        func reload() async throws(StoreError) {}
        func recordFailure(_ error: StoreError) {}
    }

    private func session(_ deployment: Deployment) throws -> PostgresPool {
        var configuration = PostgresConfiguration(url: deployment.postgresURL)
        configuration.poolSize = 1
        return try PostgresPool(configuration: configuration, logger: quietLogger)
    }

    private func job(_ deployment: Deployment, on session: PostgresPool) throws -> AuditJob {
        let boards = Dictionary(uniqueKeysWithValues: deployment.boards.map { ($0.id, $0) })
        return AuditJob(
            audit: Audit(
                ledger: PostgresAuditLedger(pool: session),
                rankings: RedisAuditRankings(redis: deployment.redis, partitioning: deployment.partitioning),
                partitioning: deployment.partitioning),
            record: PostgresAuditRecord(session: session, node: "n"),
            catalogue: FixedCatalogue(current: Catalogue(boards: boards)), schedule: try CronSchedule("* * * * *"),
            logger: quietLogger, now: { 0 })
    }

    private func rows(_ deployment: Deployment) async throws -> [String] {
        try await deployment.column(
            """
            SELECT concat_ws(' ', differences, undecided, irregularities, entries, coalesce(failure, '-'), left_out)
            FROM audits ORDER BY id
            """)
    }

    @Test("Each time is audited once, and findings are rows; irregularities stay one row")
    func record() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let life = try deployment.start(batchLimit: 100)
            // As fast as they come: too fast.
            for number in 0..<60 {
                try await deployment.apply(deployment.update(0, "u", 1, "s\(number)"))
            }
            try await deployment.caughtUp()
            await life.end()
            try await deployment.pool.withConnection { try $0.script("UPDATE scores SET score = 61") }
            let session = try session(deployment)
            let job = try job(deployment, on: session)
            for time: Int64 in [60_000, 60_000, 120_000] { await job.runOne(scheduledFor: time) }
            #expect(try await rows(deployment) == ["2 0 1 1 - {}", "2 0 1 1 - {}"])
            let findings = try await deployment.column(
                "SELECT concat_ws(' ', kind, rule, user_id, evidence ->> 'reason') FROM audit_findings ORDER BY 1")
            #expect(findings.count == 5)
            #expect(findings.contains("irregularity too_fast u"))
            #expect(findings.filter { $0.hasPrefix("difference redis u ") }.count == 2)
            #expect(findings.filter { $0.hasPrefix("difference scores u ") }.count == 2)
            try await deployment.pool.withConnection { try $0.script("DELETE FROM audits") }
            #expect(try await deployment.column("SELECT count(*) FROM audit_findings") == ["0"])
            _ = await session.shutdown()
        }
    }

    @Test("One audit runs at a time; one that was interrupted is marked by the next")
    func lease() async throws {
        try await withDeployment { deployment in
            let (one, other) = (try session(deployment), try session(deployment))
            let first = PostgresAuditRecord(session: one, node: "a")
            let second = PostgresAuditRecord(session: other, node: "b")
            let number = try #require(try await first.begin(scheduledFor: nil))
            #expect(try await second.begin(scheduledFor: nil) == nil)
            try await first.end(number, AuditFindings(), failure: "ended")
            #expect(try await second.begin(scheduledFor: 60_000) != nil)
            _ = await other.shutdown()
            try await eventually("the lease is free") { try await first.begin(scheduledFor: 120_000) != nil }
            #expect(
                try await deployment.column("SELECT coalesce(failure, '-') FROM audits ORDER BY id")
                    == ["ended", "interrupted", "-"])
            _ = await one.shutdown()
        }
    }

    @Test("An audit that cannot reach its end says why")
    func failure() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let session = try session(deployment)
            try await deployment.pool.withConnection { try $0.script("ALTER TABLE scores RENAME TO gone") }
            try await job(deployment, on: session).runOne(scheduledFor: 60_000)
            let failures = try await deployment.column("SELECT failure FROM audits")
            #expect(failures.count == 1)
            #expect(failures.first?.contains("scores") == true)
            _ = await session.shutdown()
        }
    }
}
