import Leaderboard
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// Healing without anybody.
@Suite(.timeLimit(.minutes(2)))
struct HealerTests {
    @Test("Partitions of an emptied Redis open again by themselves, as they were")
    func heals() async throws {
        try await withHealWorld { world in
            try await withHealing(world) { life in
                for round in 0..<3 {
                    try await world.play(0..<30, "round\(round)")
                    try await world.deployment.caughtUp()
                    let before = try await world.image()
                    try await world.redis.command("FLUSHDB")
                    try await eventually("all partitions are open", timeout: .seconds(20)) {
                        _ = try await world.deployment.opener.openWhatCanBe()
                        return try await world.deployment.outbox.states().allSatisfy { $0.epoch != nil }
                    }
                    let after = try await world.image()
                    #expect(after == before)
                    try await world.expectReplays()
                }
                try await eventually("the persister is ready") { life.persister.status.whyNotReady() == nil }
            }
        }
    }

    @Test("The healer runs beside the persister, which follows the other partitions")
    func othersGoOn() async throws {
        try await withHealWorld { world in
            let other = (world.partition + 1) % Deployment.partitions
            try await withHealing(world) { _ in
                try await world.play(0..<20)
                try await world.deployment.caughtUp()
                // A board that this version cannot run: its partition stays closed.
                try await world.deployment.pool.withConnection {
                    try $0.script(
                        """
                        ALTER TABLE boards DROP CONSTRAINT boards_operator_check;
                        INSERT INTO boards (board, group_name, operator) VALUES ('newer', 'g', 'multiply');
                        """)
                }
                try await world.close()
                for number in 0..<20 {
                    try await world.deployment.apply(
                        world.deployment.update(other, "u\(number)", 1, "other-\(number)"))
                }
                try await eventually("the other partition is carried") {
                    try await world.deployment.positions()[other] == 20
                }
                #expect(try await world.deployment.outbox.states()[world.partition].awaitsRebuild)
                try await world.deployment.pool.withConnection {
                    try $0.script("DELETE FROM boards WHERE board = 'newer'")
                }
                try await eventually("it is healed", timeout: .seconds(20)) {
                    try await world.deployment.outbox.states()[world.partition].epoch != nil
                }
                try await world.expectReplays()
            }
        }
    }

    /// Runs a persister and a healer that share their ledger.
    private func withHealing(
        _ world: HealWorld, _ body: (Deployment.Life) async throws -> Void
    ) async throws {
        let life = try world.deployment.start()
        let healer = PartitionHealer(
            rebuilder: PartitionRebuilder(
                stores: .init(
                    outbox: world.deployment.outbox, ledger: PostgresLedger(session: life.session),
                    source: world.source, target: world.target),
                partitioning: world.deployment.partitioning, receiptLifetimeMilliseconds: 750_000,
                logger: quietLogger, now: { world.issuedAt }),
            wounded: life.persister.wounded, logger: quietLogger)
        let running = Task { try await healer.run() }
        func end() async {
            running.cancel()
            _ = await running.result
            await life.end()
        }
        do { try await body(life) } catch {
            await end()
            throw error
        }
        await end()
    }
}
