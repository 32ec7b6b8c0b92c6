import Leaderboard
import NIOConcurrencyHelpers
import Persister
import RedisClient
import Storage
import TestSupport
import Testing

/// The persister reads ahead while it lags: more events wait than one transaction carries.
@Suite(.timeLimit(.minutes(2)))
struct PersisterBacklogTests {
    /// What a persister tried to commit of the first partition: the first number of each batch.
    private let tried = NIOLockedValueBox<[Int64]>([])

    private func note(_ batches: [OutboxBatch]) -> Int64? {
        let first = batches.first { $0.partition == 0 }?.events.first?.seq
        if let first { tried.withLockedValue { $0.append(first) } }
        return first
    }

    @Test("The next events are read while those before are on their way, and each is carried once")
    func readsAhead() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            try await deployment.add(30, "a")
            let source = RecordedReads(deployment.outbox)
            let life = try deployment.start(source: source, checkInterval: .seconds(60)) { batches in
                guard let first = note(batches), first < 29 else { return }
                let next = first + 6
                do {
                    try await eventually("it has read after \(next)", timeout: .seconds(10)) {
                        source.numbers(0).last == next
                    }
                } catch {
                    Issue.record(error)
                }
            }
            try await deployment.caughtUp()
            await life.end()
            try await deployment.expectAgreement()
            #expect(tried.withLockedValue { $0 } == [1, 8, 15, 22, 29])
            #expect(source.numbers(0) == [0, 7, 14, 21, 28, 30])
        }
    }

    @Test("If a commit fails, what was read ahead is forgotten", arguments: [1, 8] as [Int64])
    func forgetsWhatItReadAhead(failing: Int64) async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            try await deployment.add(30, "a")
            let source = RecordedReads(deployment.outbox)
            let once = NIOLockedValueBox(true)
            let life = try deployment.start(source: source, checkInterval: .seconds(60)) { batches in
                guard note(batches) == failing, once.withLockedValue({ $0 }) else { return }
                once.withLockedValue { $0 = false }
                do {
                    try await eventually("it has read ahead", timeout: .seconds(10)) {
                        source.numbers(0).last == failing + 6
                    }
                    try await deployment.cutSessions()
                } catch {
                    Issue.record(error)
                }
            }
            try await deployment.caughtUp()
            await life.end()
            try await deployment.expectAgreement()
            let firsts = [1, 8, 15, 22, 29] as [Int64]
            #expect(tried.withLockedValue { $0 } == firsts.filter { $0 <= failing } + firsts.filter { $0 >= failing })
            let reads = [0, 7, 14, 21, 28, 30] as [Int64]
            #expect(
                source.numbers(0) == reads.filter { $0 <= failing + 6 } + reads.filter { $0 >= failing - 1 })
        }
    }

    @Test("A trouble in what was read ahead stops its partition there, and no other", arguments: ["unreadable", "gap"])
    func troubleInTheSecondBatch(_ trouble: String) async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            try await deployment.add(10, "a")
            let outbox = PartitionKeys(partition: 1).outbox
            if trouble == "unreadable" {
                try await deployment.redis.command("XADD", outbox, "11-0", "x", "y")
            } else {
                try await deployment.apply(deployment.update(1, "u1", 5, "eleventh"))
                try await deployment.redis.command("XDEL", outbox, "10-0")
            }
            for number in 0..<10 {
                for partition in [0, 2] {
                    try await deployment.apply(deployment.update(partition, "u1", 5, "b-\(partition)-\(number)"))
                }
            }
            let life = try deployment.start()
            try await eventually("the others are carried") {
                let positions = try await deployment.positions()
                return positions[0] == 20 && positions[2] == 20
            }
            await life.end()
            // A batch with a gap is refused whole.
            let carried = trouble == "unreadable" ? 10 : 7
            #expect(try await deployment.positions()[1] == Int64(carried))
            #expect(
                try await deployment.column("SELECT count(*) FROM score_events WHERE partition = 1") == ["\(carried)"])
        }
    }
}
