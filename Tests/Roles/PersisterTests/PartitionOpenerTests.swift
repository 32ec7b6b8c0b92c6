import Leaderboard
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// Opening the partitions of a deployment.
@Suite(.timeLimit(.minutes(1)))
struct PartitionOpenerTests {
    @Test func opensANewDeploymentOnce() async throws {
        try await withDeployment { deployment async throws in
            #expect(try await deployment.apply(deployment.update(0, "u1", 5, "s0")) == .closed)
            #expect(try await deployment.opener.openWhatCanBe())
            let states = try await deployment.outbox.states()
            #expect(states.allSatisfy { $0.epoch != nil && $0.seq == 0 })
            #expect(Set(states.map(\.epoch)).count == Deployment.partitions)
            #expect(try await deployment.opener.openWhatCanBe())
            #expect(try await deployment.outbox.states() == states)
            #expect(
                try await deployment.apply(deployment.update(0, "u1", 5, "s0")) == .applied(Receipt(score: 5, rank: 1)))
        }
    }

    @Test("Many nodes at once agree on one epoch for each")
    func atOnce() async throws {
        try await withDeployment { deployment in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 { group.addTask { try await deployment.opener.openWhatCanBe() } }
                for try await allOpen in group { #expect(allOpen) }
            }
            let states = try await deployment.outbox.states()
            for partition in deployment.boards.indices {
                #expect(try await deployment.outbox.open(partition: partition, seq: 0) == states[partition].epoch)
            }
        }
    }

    @Test("A partition that is closed although nothing is missing goes on where it was")
    func goesOn() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let life = try deployment.start()
            try await deployment.add(4, "a")
            try await deployment.caughtUp()
            let before = try await deployment.outbox.states()
            try await deployment.redis.command("HDEL", PartitionKeys(partition: 2).meta, "epoch")
            #expect(try await deployment.opener.openWhatCanBe())
            let after = try await deployment.outbox.states()
            #expect(after[2].seq == 4 && after[2].epoch != nil && after[2].epoch != before[2].epoch)
            try await deployment.add(4, "b")
            try await deployment.caughtUp()
            await life.end()
            try await deployment.expectAgreement()
            #expect(
                try await deployment.column("SELECT epoch FROM partition_positions WHERE partition = 2")
                    == [after[2].epoch])
        }
    }

    @Test("The service opens what is closed, whenever that is, and ends when it is told to")
    func runs() async throws {
        try await withDeployment { deployment in
            let running = Task { [opener = deployment.opener] in try await opener.run() }
            try await eventually("all are open") { await deployment.outbox.whyNotWritable() == nil }
            try await deployment.redis.command("HDEL", PartitionKeys(partition: 1).meta, "epoch")
            try await eventually("all are open again") { await deployment.outbox.whyNotWritable() == nil }
            running.cancel()
            try await running.value
        }
    }

    @Test("While Postgres cannot be asked, nothing is opened: there may be a history")
    func withoutPostgres() async throws {
        try await withDeployment { deployment async throws in
            let opener = deployment.opener
            _ = await deployment.pool.shutdown()
            await #expect(throws: StoreError.self) { try await opener.openWhatCanBe() }
            #expect(try await deployment.outbox.states().allSatisfy { $0.epoch == nil })
        }
    }
}
