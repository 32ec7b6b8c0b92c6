import Leaderboard
import Persister
import Testing

/// Sealing that is interrupted, and boards that change meanwhile.
struct PeriodFailureTests {
    private static let start: Int64 = 1_789_999_200_000
    private static let hour: Int64 = 3_600_000

    private func world() -> PeriodWorld {
        let season = Window(name: "s", kind: .season(startsAt: Self.start, endsAt: Self.start + Self.hour))
        return PeriodWorld(
            now: Self.start,
            boards: [
                Board(id: "a", windows: [Window.fixed[1], season], graceSeconds: 0),
                Board(id: "b", windows: [.all, Window.fixed[1]], graceSeconds: 0),
            ])
    }

    /// Rounds of new nodes, until one has nothing to do. Fails after ten.
    private func finish(_ world: PeriodWorld) async throws {
        for _ in 0..<10 {
            world.edit { ($0.isDown, $0.stepsLeft) = (false, nil) }
            var sealing = world.sealing()
            try await sealing.round()
            if try await world.due(partition: 0, limit: 10).isEmpty { return }
        }
        Issue.record("it does not end")
    }

    /// The number of steps of the whole work is not known here: one more step is allowed each time, until none is left.
    @Test("A node that is killed after any step: another one finishes, and each thing is done once")
    func killed() async throws {
        var kills = 0
        while true {
            let world = world()
            world.act("a")
            world.act("b")
            world.edit { state in
                state.now += Self.hour
                state.stepsLeft = kills + 1
            }
            var sealing = world.sealing()
            var isKilled = false
            do { try await sealing.round() } catch { isKilled = true }
            try await finish(world)
            let state = world.edit { $0 }
            let rankings = [
                Ranking(board: "a", window: "hourly", period: "2026-09-21T14"),
                Ranking(board: "a", window: "s", period: "s"),
                Ranking(board: "b", window: "hourly", period: "2026-09-21T14"),
            ]
            #expect(state.seals.count == 3 && Set(state.seals) == Set(rankings))
            #expect(state.archived == Dictionary(uniqueKeysWithValues: rankings.map { ($0, 1) }))
            #expect(state.drops == Dictionary(uniqueKeysWithValues: rankings.map { ($0, 1) }))
            #expect(state.problems == [])
            guard isKilled else { break }
            kills += 1
        }
        // due, reload, and seal, archive and drop of three rankings, and prune of two boards.
        #expect(kills == 13)
    }

    @Test("Nothing is archived or dropped before the ledger has the seal, and then it is")
    func ledgerBehind() async throws {
        let world = world()
        world.act("b")
        world.edit { ($0.now, $0.ledgerIsBehind) = ($0.now + Self.hour, true) }
        var sealing = world.sealing()
        for _ in 0..<3 { try await sealing.round() }
        #expect(world.edit { $0.seals.count == 1 && $0.archived.isEmpty && $0.drops.isEmpty && $0.pruned.isEmpty })
        world.edit { $0.ledgerIsBehind = false }
        try await sealing.round()
        #expect(world.edit { $0.archived.count == 1 && $0.drops.count == 1 && $0.pruned == ["b"] })
    }

    @Test("A catalogue in memory that lags loses neither a new board nor a longer season")
    func staleCatalogue() async throws {
        let world = world()
        world.act("a")
        world.edit { state in
            state.stale = Catalogue(boards: state.boards, revision: 1)
            state.now += Self.hour
            state.revision = 2
            state.boards["a"]?.windows[1] = Window(
                name: "s", kind: .season(startsAt: Self.start, endsAt: Self.start + 2 * Self.hour))
            state.boards["new"] = Board(id: "new", windows: [Window.fixed[1]], graceSeconds: 0)
            state.open[Ranking(board: "new", window: "hourly", period: "2026-09-21T14")] = (state.now, 1)
        }
        var sealing = world.sealing()
        try await sealing.round()
        let state = world.edit { $0 }
        #expect(state.seals.count == 2)
        #expect(state.archived[Ranking(board: "new", window: "hourly", period: "2026-09-21T14")] == 1)
        #expect(state.open[Ranking(board: "a", window: "s", period: "s")]?.cut == Self.start + 2 * Self.hour)
        #expect(state.problems == [])
    }

    @Test("A cut that comes forward is told to the store before it is over")
    func shorterGrace() async throws {
        let world = world()
        world.edit { $0.boards["b"]?.graceSeconds = 7200 }
        world.act("b")
        var sealing = world.sealing()
        try await sealing.round()
        world.edit { state in
            state.boards["b"]?.graceSeconds = 60
            state.revision += 1
        }
        try await sealing.round()
        world.edit { $0.now += Self.hour + 59_999 }
        try await sealing.round()
        #expect(world.edit { $0.seals.isEmpty })
        world.edit { $0.now += 1 }
        try await sealing.round()
        #expect(world.edit { $0.archived.count == 1 && $0.problems.isEmpty })
    }

    @Test("So is one that came forward while nobody looked")
    func shorterGraceUnseen() async throws {
        let world = world()
        world.edit { $0.boards["b"]?.graceSeconds = 7200 }
        world.act("b")
        world.edit { $0.boards["b"]?.graceSeconds = 60 }
        var sealing = world.sealing()
        try await sealing.round()
        world.edit { $0.now += Self.hour + 60_000 }
        try await sealing.round()
        #expect(world.edit { $0.archived.count == 1 && $0.problems.isEmpty })
    }

    @Test("A board that is left out waits; one that is gone is removed")
    func unknownBoards() async throws {
        let world = world()
        let rankings = ["later", "gone"].map { Ranking(board: $0, window: "hourly", period: "2026-09-21T14") }
        world.edit { state in
            state.leftOut = [LeftOutBoard(id: "later", reason: "new")]
            for ranking in rankings { state.open[ranking] = (Self.start, 1) }
        }
        var sealing = world.sealing()
        try await sealing.round()
        #expect(world.edit { $0.drops } == [rankings[1]: 1])
        #expect(world.edit { $0.open[rankings[0]]?.cut } == Self.start + 60_000)
        #expect(world.edit { $0.seals.isEmpty })
    }

    @Test("An error of one board does not stop the others")
    func oneFails() async throws {
        let world = world()
        world.act("a")
        world.act("b")
        world.edit { $0.now += Self.hour }
        let bad = FailingSealer(world: world)
        var sealing = PartitionSealing(
            partition: 0,
            stores: PeriodStores(
                sealer: bad, turner: world, archive: world, catalogue: world, partitioning: Partitioning(count: 1)),
            metrics: PeriodMetrics(), now: { world.edit { $0.now } })
        await #expect(throws: StoreError.self) { try await sealing.round() }
        #expect(world.edit { $0.archived.keys.map(\.board) } == ["b"])
    }
}

/// A sealer that cannot seal board `a`.
private struct FailingSealer: PeriodSealer {
    let world: PeriodWorld

    func due(partition: Int, limit: Int) async throws(StoreError) -> [DueRanking] {
        try await world.due(partition: partition, limit: limit)
    }

    func waiting(partition: Int, offset: Int, limit: Int) async throws(StoreError) -> [DueRanking] {
        try await world.waiting(partition: partition, offset: offset, limit: limit)
    }

    func reschedule(
        _ ranking: Ranking, partition: Int, from found: Int64?, cut: Int64?
    ) async throws(StoreError) {
        try await world.reschedule(ranking, partition: partition, from: found, cut: cut)
    }

    func seal(_ ranking: Ranking, board: Board, endsAt: Int64) async throws(StoreError) -> SealOutcome {
        if board.id == "a" { throw StoreError(.corrupt, "no") }
        return try await world.seal(ranking, board: board, endsAt: endsAt)
    }

    func drop(
        _ ranking: Ranking, partition: Int, if condition: DropCondition?, keepingTop: Int
    ) async throws(StoreError) {
        try await world.drop(ranking, partition: partition, if: condition, keepingTop: keepingTop)
    }
}
