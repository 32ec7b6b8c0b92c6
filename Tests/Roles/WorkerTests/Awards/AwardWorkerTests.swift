import Awards
import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing
import Worker

/// Awards on real stores: each counts once, whatever dies.
@Suite(.timeLimit(.minutes(2)))
struct AwardWorkerTests {
    @Test func anAwardCountsAtOnceAndHasOneAnswer() async throws {
        try await withAwardWorld { world in
            let (first, second) = (try await world.give("1"), try await world.give("2", points: 7))
            let desk = world.worker()
            // The rate limit of this world is one update in a minute: awards are free of it.
            #expect(await desk.settle(first, within: .seconds(10)) == .applied(score: 5, rank: 1))
            #expect(await desk.settle(second, within: .seconds(10)) == .applied(score: 12, rank: 1))
            #expect(await desk.settle(first, within: .seconds(10)) == .applied(score: 5, rank: 1))
            #expect(try await world.row(first) == "applied 1 5 1")
            #expect(try await world.give("1", points: 99) == first, "what earned it has its award")
            #expect(await desk.settle(12_345, within: .seconds(10)) == .pending)
            try await world.withPersister {
                #expect(try await world.counted() == ["u1 12"])
                let place = try #require(try await world.awards.ledgerPlace(ofAward: second))
                #expect(place == LedgerPlace(partition: AwardWorld.partitioning.partition(of: .global), seq: 2))
            }
        }
    }

    @Test func twoWorkersAndTheDeskApplyEachOnce() async throws {
        try await withAwardWorld { world in
            let (one, other) = (world.worker(), world.worker())
            var ids: [Int64] = []
            for number in 0..<30 { ids.append(try await world.give("\(number)", user: "u\(number % 3)")) }
            try await world.passTime()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in [one, other] { group.addTask { _ = try await worker.round() } }
                for id in ids {
                    group.addTask {
                        guard case .applied = await one.settle(id, within: .seconds(20)) else {
                            throw StoreError(.corrupt, "award \(id) was not applied")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.countedInTheEnd() == ["u0 50", "u1 50", "u2 50"])
        }
    }

    /// A service that runs takes up what nobody settled.
    @Test func theServiceAppliesWhatIsLeft() async throws {
        try await withAwardWorld { world in
            let id = try await world.give("1")
            try await world.passTime()
            try await withRunning({ try await world.worker().run() }) {
                try await eventually("it counts") { try await world.row(id) == "applied 1 5 1" }
            }
            #expect(try await world.awards.backlog().open == 0)
        }
    }

    @Test func aLostAnswerIsAskedForAgain() async throws {
        try await withAwardWorld { world in
            let writer = RiggedWriter(world.scores, first: .loseAnswer, .loseUpdate)
            let (first, second) = (try await world.give("1"), try await world.give("2"))
            let desk = world.worker(writer)
            #expect(await desk.settle(first, within: .seconds(10)) == .applied(score: 5, rank: 1))
            #expect(await desk.settle(second, within: .seconds(10)) == .applied(score: 10, rank: 1))
            #expect(try await world.row(first) == "applied 1 5 1")
            #expect(try await world.row(second) == "applied 1 10 1")
        }
    }

    @Test func patienceEndsAndTheWorkGoesOn() async throws {
        try await withAwardWorld { world in
            let writer = RiggedWriter(world.scores) { $0 < 2 ? .answer(.closed) : nil }
            let id = try await world.give("1")
            let worker = world.worker(writer)
            #expect(await worker.settle(id, within: .milliseconds(1)) == .pending)
            try await eventually("it waits") { try await world.row(id) == "open 1" }
            try await withRunning({ try await worker.run() }) {
                try await world.passTime()
                try await eventually("it counts") {
                    try await world.passTime()
                    return try await world.row(id) == "applied 1 5 1"
                }
            }
        }
    }

    /// The process dies at each step: the next one goes on.
    @Test func aDeathAtAnyStepLosesAndRepeatsNothing() async throws {
        try await withAwardWorld { world in
            // Before the commit of what earned it: there is no award.
            let draft = AwardDraft(userID: "u1", kind: "task", reference: "0", board: "global", points: 5)
            await #expect(throws: StoreError.self) {
                try await world.pool.transaction { connection -> Void in
                    _ = try PostgresAwards.add(draft, now: 1_790_000_000_000, on: connection)
                    throw StoreError(.unavailable, "dies")
                }
            }
            #expect(try await world.run("SELECT count(*)::text FROM awards") == ["0"])
            // After the commit, after the claim, and after the hub took it.
            let ids = [try await world.give("1"), try await world.give("2"), try await world.give("3")]
            guard case .taken = try await world.awards.claim(ids[1]),
                case .taken(let third) = try await world.awards.claim(ids[2]),
                case .settled = try await world.sender().send(third, until: AwardWorld.turn)
            else {
                Issue.record("the awards were not taken")
                return
            }
            #expect(try await world.awards.claim(ids[1]) == .held)
            try await world.passTime()
            #expect(try await world.worker().round() == 3)
            for id in ids { #expect(try await world.row(id)?.hasPrefix("applied 1 ") == true) }
            #expect(try await world.row(ids[2]) == "applied 1 5 1", "the answer of the first time")
            #expect(try await world.countedInTheEnd() == ["u1 15"])
        }
    }

    /// Leases end while awards are worked on, answers are lost, and two nodes work on all of them at the same time.
    @Test func noTwoActionIDsOfAnAwardCount() async throws {
        try await withAwardWorld { world in
            let writer = RiggedWriter(world.scores) { number in
                switch number % 7 {
                case 0, 3: .loseAnswer
                case 5: .loseUpdate
                case 6: .answer(.closed)
                default: nil
                }
            }
            for number in 0..<40 { _ = try await world.give("\(number)", user: "u\(number % 4)") }
            let workers = [world.worker(writer), world.worker(writer)]
            try await world.withPersister {
                try await eventually("all are settled") {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for worker in workers {
                            group.addTask {
                                try await world.passTime()
                                _ = try await worker.round()
                            }
                        }
                        try await group.waitForAll()
                    }
                    return try await world.awards.backlog().open == 0
                }
                #expect(try await world.counted() == ["u0 50", "u1 50", "u2 50", "u3 50"])
                #expect(try await world.run("SELECT count(*)::text FROM score_events") == ["40"])
                let places = try await world.run("SELECT count(*)::text FROM awards WHERE state = 'applied'")
                #expect(places == ["40"])
            }
        }
    }

    /// A worker that was slow changes nothing of what came after.
    @Test func anOldAttemptChangesNothing() async throws {
        try await withAwardWorld { world in
            let id = try await world.give("1")
            guard case .taken(let old) = try await world.awards.claim(id) else { return }
            let new = try #require(try await world.awards.renew(old, issuedAt: 1_790_000_000_000))
            #expect(new.attempt == 2 && new.nonce != old.nonce && new.issuedAt == 1_790_000_000_000)
            #expect(try await world.awards.renew(old, issuedAt: 1) == nil)
            #expect(try await world.awards.settle(old, as: .applied(score: 1, rank: 1)) == false)
            #expect(try await world.awards.settle(new, as: .refused(.outOfBounds)))
            #expect(try await world.awards.settle(new, as: .applied(score: 1, rank: 1)) == false)
            #expect(try await world.row(id) == "refused 2 out_of_bounds")
            #expect(try await world.awards.claim(id) == .settled(.refused))
        }
    }
}
