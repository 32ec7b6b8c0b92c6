import Basics
import Leaderboard
import NIOConcurrencyHelpers
import Persister
import Storage
import TestSupport
import Testing

/// The persister with a real Redis and a real Postgres. It moves every event once, whatever happens to it.
@Suite(.timeLimit(.minutes(2)))
struct PersisterTests {
    @Test func carriesEverythingOnce() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            // Updates come before the persister starts, while it works, and when it is idle.
            try await deployment.add(10, "before")
            let life = try deployment.start()
            try await deployment.add(40, "during")
            try await deployment.caughtUp()
            try await deployment.apply(deployment.update(1, "late", 5, "late"))
            try await deployment.caughtUp()
            #expect(life.persister.status.whyNotReady() == nil)
            await life.end()
            try await deployment.expectAgreement()
        }
    }

    /// Replays do not reach the ledger; updates that change nothing do.
    @Test func replaysAndNothings() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let life = try deployment.start()
            try await deployment.add(5, "a")
            for number in 0..<5 {
                let again = deployment.update(0, "u\(number)", Int64(number + 1), "a-0-\(number)")
                guard case .replayed = try await deployment.apply(again) else {
                    Issue.record("not replayed")
                    return
                }
            }
            try await deployment.apply(deployment.update(0, "u0", 0, "nothing"))
            try await deployment.caughtUp()
            await life.end()
            try await deployment.expectAgreement()
        }
    }

    /// Persisters are stopped and started at random points while updates come in.
    @Test(arguments: [UInt64(1), 2])
    func restartedInTheMiddle(_ seed: UInt64) async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            var random = SplitMix64(seed: seed)
            try await withTraffic(deployment, updates: 450, seed: seed) { isOver in
                var lives = 0
                while !isOver() || lives < 8 {
                    let life = try deployment.start(batchLimit: Int.random(in: 1...20, using: &random))
                    let steps = Int.random(in: 0...6, using: &random)
                    try await progress(deployment, by: steps)
                    await life.end()
                    lives += 1
                }
            }
            let last = try deployment.start()
            try await deployment.add(1, "end")
            try await deployment.caughtUp()
            await last.end()
            try await deployment.expectAgreement()
        }
    }

    /// Two persisters run at once, and their sessions are cut at random points, also during a transaction.
    @Test(arguments: [UInt64(3), 4])
    func twoWithCutSessions(_ seed: UInt64) async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            var random = SplitMix64(seed: seed)
            var lives = [try deployment.start(batchLimit: 5), try deployment.start(batchLimit: 9)]
            try await withTraffic(deployment, updates: 450, seed: seed) { isOver in
                var cuts = 0
                while !isOver() || cuts < 8 {
                    try await progress(deployment, by: Int.random(in: 0...5, using: &random))
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        let index = Int.random(in: 0..<2, using: &random)
                        await lives[index].end()
                        lives[index] = try deployment.start(batchLimit: 8)
                    } else {
                        try await deployment.cutSessions()
                    }
                    cuts += 1
                }
            }
            try await deployment.add(1, "end")
            try await deployment.caughtUp()
            for life in lives { await life.end() }
            try await deployment.expectAgreement()
        }
    }

    /// Waits until the ledger has moved `steps` times, or has nothing to do.
    private func progress(_ deployment: Deployment, by steps: Int) async throws {
        for _ in 0..<steps {
            let before = try await deployment.positions()
            try? await eventually("the ledger moves", timeout: .milliseconds(150), every: .milliseconds(1)) {
                try await deployment.positions() != before
            }
        }
    }

    /// Runs `body` while updates come in. `body` should continue until `isOver` returns true.
    private func withTraffic(
        _ deployment: Deployment, updates: Int, seed: UInt64, _ body: (_ isOver: () -> Bool) async throws -> Void
    ) async throws {
        let isOver = NIOLockedValueBox(false)
        let traffic = Task {
            defer { isOver.withLockedValue { $0 = true } }
            var random = SplitMix64(seed: seed &+ 100)
            for number in 0..<updates {
                let user = "u\(Int.random(in: 0..<12, using: &random))"
                let amount = Int64.random(in: 1...9, using: &random) * (number.isMultiple(of: 4) ? -1 : 1)
                let partition = Int.random(in: 0..<Deployment.partitions, using: &random)
                try await deployment.apply(deployment.update(partition, user, amount, "t\(seed)-\(number)"))
                // Send them slowly, so that some are always in progress.
                if number.isMultiple(of: 3) { try await Task.sleep(for: .milliseconds(1)) }
            }
        }
        do {
            try await body { isOver.withLockedValue { $0 } }
        } catch {
            traffic.cancel()
            throw error
        }
        try await traffic.value
    }

    @Test("Only one works, the other stands by and is ready too; it takes over when the first is gone")
    func standby() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let first = try deployment.start()
            try await deployment.add(3, "a")
            try await deployment.caughtUp()
            let second = try deployment.start()
            try await eventually("the standby is ready") { second.persister.status.whyNotReady() == nil }
            try await deployment.add(3, "b")
            try await deployment.caughtUp()
            await first.end()
            try await deployment.add(3, "c")
            try await deployment.caughtUp()
            await second.end()
            try await deployment.expectAgreement()
        }
    }

    @Test("A life that has done nothing yet says so")
    func notStarted() async throws {
        try await withDeployment { deployment in
            let fresh = Persister(
                outbox: deployment.outbox, ledger: PostgresLedger(session: deployment.pool),
                partitioning: deployment.partitioning, logger: quietLogger, now: { 0 })
            #expect(fresh.status.whyNotReady()?.contains("it has not started yet") == true)
        }
    }
}
