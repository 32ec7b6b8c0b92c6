import Basics
import Leaderboard
import Testing

/// Steps from one top to another.
@Suite struct TopChangeTests {
    /// Applies steps as the simplest client would, which knows nothing but a list.
    static func apply(_ steps: [TopChange], to entries: [LeaderboardEntry]) throws -> [LeaderboardEntry] {
        var list = entries.map { (user: $0.userID, score: $0.score) }
        for step in steps {
            let place = list.firstIndex { $0.user.utf8.elementsEqual(step.userID.utf8) }
            let index = Int(step.rank) - 1
            switch step.operation {
            case .leave:
                #expect(place == index && list[index].score == step.score)
                list.remove(at: try #require(place))
            case .enter:
                #expect(place == nil && (0...list.count).contains(index))
                list.insert((step.userID, step.score), at: index)
            case .move:
                list.remove(at: try #require(place))
                #expect((0...list.count).contains(index))
                list.insert((step.userID, step.score), at: index)
            case .score:
                #expect(place == index && list[index].score != step.score)
                list[try #require(place)].score = step.score
            }
        }
        return list.enumerated().map {
            LeaderboardEntry(rank: Int64($0.offset) + 1, userID: $0.element.user, score: $0.element.score)
        }
    }

    static func top(_ users: String, _ scores: [Int64]? = nil) -> [LeaderboardEntry] {
        users.enumerated().map { place, user in
            LeaderboardEntry(
                rank: Int64(place) + 1, userID: String(user), score: scores?[place] ?? Int64(100 - place))
        }
    }

    /// The steps as `op user rank score`.
    static func steps(_ old: [LeaderboardEntry], _ new: [LeaderboardEntry]) -> [String]? {
        TopChange.steps(from: old, to: new)?.map { "\($0.operation) \($0.userID) \($0.rank) \($0.score)" }
    }

    @Test func tellsEachKindOfChange() {
        let abc = Self.top("abc", [30, 20, 10])
        #expect(Self.steps(abc, abc) == [])
        #expect(Self.steps([], abc) == ["enter a 1 30", "enter b 2 20", "enter c 3 10"])
        #expect(Self.steps(abc, []) == ["leave c 3 10", "leave b 2 20", "leave a 1 30"])
        #expect(Self.steps(abc, Self.top("abc", [31, 20, 11])) == ["score a 1 31", "score c 3 11"])
        #expect(Self.steps(abc, Self.top("cab", [40, 30, 20])) == ["move c 1 40"])
        #expect(Self.steps(abc, Self.top("bca", [20, 10, 5])) == ["move a 3 5"], "one falls, the others do not move")
        #expect(Self.steps(abc, Self.top("bac", [40, 30, 10])) == ["move b 1 40"], "the one whose score changed moves")
        #expect(Self.steps(abc, Self.top("adb", [30, 25, 20])) == ["leave c 3 10", "enter d 2 25"])
    }

    @Test func isSilentWherePlacesDoNotTell() {
        var shared = Self.top("abc", [30, 20, 20])
        shared[2].rank = 2
        #expect(TopChange.steps(from: Self.top("abc"), to: shared) == nil)
        #expect(TopChange.steps(from: shared, to: Self.top("abc")) == nil)
        #expect(TopChange.steps(from: Self.top("abc"), to: Self.top("aba")) == nil)
    }

    /// Swift's strings treat a composed letter as equal to a decomposed one. Ids are compared by bytes.
    @Test func tellsApartUsersWhoseIDsLookTheSame() throws {
        for (one, other) in ByteExactTests.twins {
            func top(_ users: [(String, Int64)]) -> [LeaderboardEntry] { UserChangeTests.top(users, .first) }
            let tops = [
                top([("m", 9), (one, 5)]), top([("m", 9), (other, 5)]), top([(other, 6), (one, 5)]),
                top([(one, 7), (other, 6)]), top([(one, 6), (other, 6)]), top([(other, 3), ("m", 2), (one, 1)]),
                top([]),
            ]
            for old in tops {
                for new in tops {
                    let steps = try #require(TopChange.steps(from: old, to: new))
                    #expect(try Self.apply(steps, to: old) == new)
                    #expect((old == new) == steps.isEmpty)
                }
            }
            #expect(TopChange.steps(from: top([(one, 2), (one, 1)]), to: []) == nil, "one user twice")
        }
    }

    /// Random histories of a small ranking with ties and removals: steps lead from any version to any later one, for
    /// any limit.
    @Test func leadsFromAnyVersionToAnyLaterOne() throws {
        var dice = SplitMix64(seed: 20_261_121)
        for _ in 0..<60 {
            let versions = RandomHistory.versions(using: &dice).map { UserChangeTests.top($0, .first) }
            let limit = Int.random(in: 1...12, using: &dice)
            for (from, old) in versions.enumerated() {
                for new in versions[from...] {
                    let (old, new) = (old.prefix(limit), new.prefix(limit))
                    let steps = try #require(TopChange.steps(from: old, to: new))
                    #expect(try Self.apply(steps, to: Array(old)) == Array(new))
                    #expect(steps.count <= old.count + new.count)
                }
            }
        }
    }

    @Test func leadsFromAnyOrderToAnyOther() throws {
        var dice = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let users = (0..<100).map { "u\($0)" }
            func some() -> [LeaderboardEntry] {
                users.shuffled(using: &dice).prefix(Int.random(in: 0...100, using: &dice)).enumerated().map {
                    LeaderboardEntry(rank: Int64($0.offset) + 1, userID: $0.element, score: Int64(500 - $0.offset))
                }
            }
            let (old, new) = (some(), some())
            let steps = try #require(TopChange.steps(from: old, to: new))
            #expect(try Self.apply(steps, to: old) == new)
        }
    }
}
