import Basics
import Leaderboard
import Testing

/// The rankings on which an action counts, by its issue time.
struct UpdateTargetsTests {
    private static let start: Int64 = 1_792_886_400_000  // 2026-10-25T00:00:00Z

    private static func board(_ id: String, _ zone: String, _ windows: [String], season: Range<Int64>?) throws -> Board
    {
        var all = try windows.map { try WallTime.window($0) }
        if let season {
            all.append(
                Window(name: "season", kind: .season(startsAt: season.lowerBound, endsAt: season.upperBound)))
        }
        return Board(id: id, group: "group", windows: all, timeZone: zone, graceSeconds: 5)
    }

    private static func boards() throws -> [Board] {
        [
            try board("one", "Europe/Berlin", ["all", "hourly", "daily"], season: start + 40_000..<start + 40_700),
            try board("two", "Australia/Lord_Howe", ["weekly", "30 2 * * *", "yearly"], season: nil),
            try board("three", "America/New_York", [], season: start - 90_000..<start + 3_600_500),
        ]
    }

    private func names(_ targets: UpdateTargets) -> [String] {
        targets.targets.map { "\($0.ranking.board) \($0.ranking.window) \($0.ranking.period)" }
    }

    @Test("Rankings come board by board, window by window; a season only while it runs")
    func order() throws {
        let calendars = try Self.boards().map { BoardCalendar($0) }
        let during = UpdateTargets(of: calendars, issuedAt: Self.start + 40_500)
        #expect(
            names(during) == [
                "one all all", "one hourly 2026-10-25T02", "one daily 2026-10-25", "one season season",
                "two weekly 2026-W43", "two own 2026-10-25T02:30", "two yearly 2026", "three season season",
            ])
        #expect(during.targets.map(\.board) == [0, 0, 0, 0, 1, 1, 1, 2])
        #expect(during.targets[0].cut == nil)
        #expect(during.targets[3].cut == Self.start + 45_700)
        #expect(!names(UpdateTargets(of: calendars, issuedAt: Self.start + 39_999)).contains("one season season"))
        #expect(names(UpdateTargets(of: calendars, issuedAt: Self.start + 40_000)).contains("one season season"))
        #expect(names(UpdateTargets(of: calendars, issuedAt: Self.start + 40_699)).contains("one season season"))
        #expect(!names(UpdateTargets(of: calendars, issuedAt: Self.start + 40_700)).contains("one season season"))
    }

    @Test func aBoardWhoseSeasonIsOverHasNoRankings() throws {
        let board = try Self.board("cup", "UTC", [], season: 1_000..<2_000)
        #expect(UpdateTargets(of: board, issuedAt: 2_000).targets.isEmpty)
        #expect(UpdateTargets(of: board, issuedAt: 2_000).validity == 2_000..<Int64.max)
        #expect(UpdateTargets(of: board, issuedAt: 999).validity == Int64.min..<1_000)
        #expect(UpdateTargets(of: board, issuedAt: 1_999).validity == 1_000..<2_000)
    }

    @Test func thereIsAlwaysOneRankingOfAll() {
        let targets = UpdateTargets(of: .global, issuedAt: 5)
        #expect(targets.validity == Int64.min..<Int64.max)
        #expect(targets.targets.map(\.ranking) == [Ranking(board: "global")])
    }

    /// A node keeps targets for as long as they are valid, so they have to be those of each time of their validity.
    @Test("Targets are the same at all times of their validity, and others right outside")
    func validity() throws {
        let calendars = try Self.boards().map { BoardCalendar($0) }
        var random = SplitMix64(seed: 7)
        for _ in 0..<300 {
            let time = Self.start + Int64.random(in: -10_800_000...10_800_000, using: &random)
            let targets = UpdateTargets(of: calendars, issuedAt: time)
            #expect(targets.validity.contains(time))
            let (from, until) = (targets.validity.lowerBound, targets.validity.upperBound)
            for other in [from, until - 1, Int64.random(in: targets.validity, using: &random)] {
                let again = UpdateTargets(of: calendars, issuedAt: other)
                #expect(again.targets == targets.targets, "valid at \(time), and not at \(other)")
                #expect(again.validity == targets.validity)
            }
            #expect(UpdateTargets(of: calendars, issuedAt: from - 1).targets != targets.targets)
            #expect(UpdateTargets(of: calendars, issuedAt: until).targets != targets.targets)
        }
    }
}
