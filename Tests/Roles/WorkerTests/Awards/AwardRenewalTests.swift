import Awards
import Basics
import Leaderboard
import Storage
import TestSupport
import Testing
import Worker

/// When an award gets another action id, and when it waits.
@Suite(.timeLimit(.minutes(2)))
struct AwardRenewalTests {
    /// Longer than receipts live in this world.
    private static let long = Duration.seconds(300)

    /// Takes an award, whoever had it.
    private static func taken(_ id: Int64, _ world: AwardWorld) async throws -> Award {
        try await world.passTime()
        guard case .taken(let award) = try await world.awards.claim(id) else {
            throw StoreError(.corrupt, "award \(id) cannot be taken")
        }
        return award
    }

    @Test func anActionIDThatNeverArrivedGetsANextOne() async throws {
        try await withAwardWorld { world in
            try await world.play()
            let id = try await world.give("1", age: Self.long)
            let award = try await Self.taken(id, world)
            guard case .success(.stale) = await world.hub().apply(try #require(award.update(on: .global))) else {
                Issue.record("the receipts of its second are not forgotten")
                return
            }
            try await world.withPersister {
                try await world.caughtUp()
                try await world.passTime()
                #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
                #expect(try await world.row(id) == "applied 2 5 1")
                #expect(try await world.counted() == ["u1 5"])
            }
        }
    }

    @Test func anActionIDThatCountedLongAgoIsFoundInTheLedger() async throws {
        try await withAwardWorld { world in
            let id = try await world.give("1", age: Self.long)
            let lossy = RiggedWriter(world.scores, first: .loseAnswer)
            let sent = try await world.sender(lossy).send(try await Self.taken(id, world), until: AwardWorld.turn)
            guard case .later(let award) = sent else {
                Issue.record("\(sent)")
                return
            }
            let update = try #require(award.update(on: .global))
            try await eventually("its receipt is forgotten") {
                try await world.play()
                if case .success(.stale) = await world.hub().apply(update) { return true }
                return false
            }
            // The ledger does not have it yet, so nothing is known.
            let lagging = try await world.sender().send(award, until: AwardWorld.turn)
            #expect(lagging == .later(award))
            try await world.withPersister {
                try await world.caughtUp()
                try await world.passTime()
                #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
                #expect(try await world.row(id) == "applied 1 5 1")
                #expect(try await world.counted() == ["u1 5"])
            }
        }
    }

    /// Redis opens a new epoch, to which no event was added since.
    @Test func aNewEpochWithoutEventsIsReached() async throws {
        try await withAwardWorld { world in
            try await world.play()
            let partition = AwardWorld.partitioning.partition(of: .global)
            try await world.withPersister { try await world.caughtUp() }
            let epoch = try await world.outbox.states()[partition].epoch
            try await world.reopen(partition: partition)
            #expect(try await world.outbox.states()[partition].epoch != epoch)
            let id = try await world.give("1", age: Self.long)
            #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
        }
    }

    /// A Redis that has started again may lack what the ledger was to get.
    @Test func aRedisThatWasNotVerifiedProvesNothing() async throws {
        try await withAwardWorld { world in
            let id = try await world.give("1")
            let award = try await Self.taken(id, world)
            try await world.unverify(partition: AwardWorld.partitioning.partition(of: .global))
            let stale = RiggedWriter(world.scores, first: .answer(.stale(at: 0, forgottenSecond: 0)))
            #expect(try await world.sender(stale).send(award, until: AwardWorld.turn) == .later(award))
            #expect(try await world.row(id) == "open 1")
        }
    }

    @Test func aSealedPeriodGetsANextActionID() async throws {
        try await withAwardWorld { world in
            let daily = Window(name: "daily", kind: .daily)
            world.catalogue.set(Board(id: "global", windows: [daily], graceSeconds: 0))
            let id = try await world.give("1", age: .seconds(3 * 86_400))
            #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
            #expect(try await world.row(id) == "applied 2 5 1")
            #expect(try await world.countedInTheEnd() == ["u1 5"])
        }
    }

    /// A season that is over takes nothing, now and later: there is no next action id that could count.
    @Test func betweenSeasonsAnAwardWaits() async throws {
        try await withAwardWorld { world in
            let now = WallClock.milliseconds()
            func season(_ start: Int64, _ end: Int64) -> Board {
                Board(id: "global", windows: [Window(name: "s", kind: .season(startsAt: start, endsAt: end))])
            }
            world.catalogue.set(season(now - 9000, now - 5000))
            let id = try await world.give("1")
            let award = try await Self.taken(id, world)
            #expect(try await world.sender().send(award, until: AwardWorld.turn) == .later(award))
            world.catalogue.set(season(now - 5000, now + 3_600_000))
            try await world.passTime()
            #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
            #expect(try await world.row(id) == "applied 1 5 1")
        }
    }

    @Test func anUnknownBoardIsWaitedFor() async throws {
        try await withAwardWorld { world in
            let id = try await world.give("1", board: "cup")
            let award = try await Self.taken(id, world)
            #expect(try await world.sender().send(award, until: AwardWorld.turn) == .later(award))
            world.catalogue.set(.global, Board(id: "cup"))
            try await world.passTime()
            #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
        }
    }

    /// The board has a newer form in Redis than in this node's catalogue.
    @Test func aChangedBoardIsLoaded() async throws {
        try await withAwardWorld { world in
            var newer = Board.global
            newer.generation = 1
            try await world.play(board: newer)
            world.catalogue.setStored(newer)
            let id = try await world.give("1")
            #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
            #expect(world.catalogue.reloads == 1)
            #expect(try await world.row(id) == "applied 1 5 1")
        }
    }

    /// The board moved to another partition after an award counted whose answer was lost.
    @Test func aReceiptIsFoundInAnotherPartition() async throws {
        try await withAwardWorld { world in
            let id = try await world.give("1")
            let lossy = RiggedWriter(world.scores, first: .loseAnswer)
            _ = try await world.sender(lossy).send(try await Self.taken(id, world), until: AwardWorld.turn)
            let home = AwardWorld.partitioning.partition(of: .global)
            let moved = try #require(
                (0..<100).lazy.map { Board(id: "global", group: "g\($0)") }
                    .first { AwardWorld.partitioning.partition(of: $0) != home })
            world.catalogue.set(moved)
            try await world.passTime()
            #expect(await world.worker().settle(id, within: .seconds(10)) == .applied(score: 5, rank: 1))
            #expect(try await world.countedInTheEnd() == ["u1 5"])
        }
    }

    @Test func whatCanNeverCountIsRefused() async throws {
        try await withAwardWorld { world in
            world.catalogue.set(Board(id: "global", rules: BoardRules(maxScore: 3)))
            let id = try await world.give("1")
            #expect(await world.worker().settle(id, within: .seconds(10)) == .refused)
            #expect(try await world.row(id) == "refused 1 out_of_bounds")
        }
    }

    /// Nobody knows any more what was in a month that is gone.
    @Test func aDroppedMonthDecidesNothing() async throws {
        try await withAwardWorld { world in
            try await world.play()
            let id = try await world.give("1", age: .seconds(100 * 86_400))
            try await world.run(
                """
                INSERT INTO ledger_drops (month, rows, bytes)
                SELECT date_trunc('month', issued_at AT TIME ZONE 'UTC')::date, 0, 0 FROM awards RETURNING 'x'
                """)
            try await world.withPersister {
                try await world.caughtUp()
                #expect(await world.worker().settle(id, within: .seconds(10)) == .refused)
            }
            #expect(try await world.row(id) == "refused 1 ledger_dropped")
        }
    }
}
