import API
import Leaderboard
import Testing

/// Updates with the same rankings share one object, by which the store applies them together.
struct TargetCacheTests {
    private static let boards = [
        "a": Board(id: "a", group: "g", windows: [.all, Window(name: "daily", kind: .daily)]),
        "b": Board(id: "b", group: "g"),
        "s": Board(id: "s", windows: [Window(name: "cup", kind: .season(startsAt: 1000, endsAt: 2000))]),
    ]
    private static let day: Int64 = 86_400_000
    private let catalogue = Catalogue(boards: boards, revision: 1)
    private let cache = TargetCache()

    @Test func actionsWithTheSameBoardsShareTheirTargets() throws {
        let first = try #require(cache.targets(of: ["a", "b"], in: catalogue, issuedAt: 5))
        #expect(first.boards.map(\.id) == ["a", "b"])
        #expect(first.targets.map(\.ranking.window) == ["all", "daily", "all"])
        #expect(cache.targets(of: ["a", "b"], in: catalogue, issuedAt: Self.day - 1) === first)
        #expect(cache.targets(of: ["b", "a"], in: catalogue, issuedAt: 5) !== first)
        #expect(cache.targets(of: ["a"], in: catalogue, issuedAt: 5) !== first)
    }

    @Test("Around the end of a period, the targets of both are kept")
    func keepsSeveralPeriods() throws {
        let days = try (0..<4).map { day in
            try #require(cache.targets(of: ["a"], in: catalogue, issuedAt: Int64(day) * Self.day))
        }
        #expect(Set(days.map { $0.targets[1].period.name }).count == 4)
        for (day, targets) in days.enumerated() {
            #expect(cache.targets(of: ["a"], in: catalogue, issuedAt: Int64(day) * Self.day + 7) === targets)
        }
        _ = cache.targets(of: ["a"], in: catalogue, issuedAt: 4 * Self.day)
        #expect(cache.targets(of: ["a"], in: catalogue, issuedAt: 3 * Self.day) === days[3])
        #expect(cache.targets(of: ["a"], in: catalogue, issuedAt: 0) !== days[0], "the oldest made room")
    }

    @Test("A new revision of the catalogue empties it")
    func followsTheCatalogue() throws {
        let old = try #require(cache.targets(of: ["b"], in: catalogue, issuedAt: 0))
        var boards = Self.boards
        boards["b"]?.rules.operator = .set
        let new = try #require(cache.targets(of: ["b"], in: Catalogue(boards: boards, revision: 2), issuedAt: 0))
        #expect(new !== old && new.boards[0].rules.operator == .set)
        cache.empty()
        #expect(cache.targets(of: ["b"], in: Catalogue(boards: boards, revision: 2), issuedAt: 0) !== new)
    }

    @Test func aMissingBoardHasNone() {
        #expect(cache.targets(of: ["a", "no"], in: catalogue, issuedAt: 0) == nil)
        #expect(cache.targets(of: [], in: catalogue, issuedAt: 0) == nil)
    }

    @Test("Outside of a season there are no rankings, which is remembered too")
    func seasons() throws {
        for (time, count) in [(999, 0), (1000, 1), (1999, 1), (2000, 0)] as [(Int64, Int)] {
            let targets = try #require(cache.targets(of: ["s"], in: catalogue, issuedAt: time))
            #expect(targets.targets.count == count, "\(time)")
            #expect(cache.targets(of: ["s"], in: catalogue, issuedAt: time) === targets)
        }
    }

    @Test("Many lists of boards do not fill the memory")
    func isBounded() throws {
        var boards: [String: Board] = [:]
        for number in 0..<1100 { boards["b\(number)"] = Board(id: "b\(number)") }
        let catalogue = Catalogue(boards: boards, revision: 1)
        let first = try #require(cache.targets(of: ["b0"], in: catalogue, issuedAt: 0))
        for number in 1..<1100 { _ = cache.targets(of: ["b\(number)"], in: catalogue, issuedAt: 0) }
        #expect(cache.targets(of: ["b0"], in: catalogue, issuedAt: 0) !== first)
    }
}
