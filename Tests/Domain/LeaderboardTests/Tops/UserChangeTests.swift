import Basics
import Leaderboard
import Testing

/// Changes by user from one top to another, for boards with shared ranks.
@Suite struct UserChangeTests {
    /// Applies changes as a client would that keeps entries by user, in any order.
    static func apply(_ changes: [UserChange], to entries: [LeaderboardEntry]) throws -> [LeaderboardEntry] {
        var places: [ByteExact: (entry: LeaderboardEntry, position: Int64)] = [:]
        for (index, entry) in entries.enumerated() { places[ByteExact(entry.userID)] = (entry, Int64(index) + 1) }
        for change in changes {
            let user = ByteExact(change.userID)
            let was = places[user]
            let entry = LeaderboardEntry(rank: change.rank, userID: change.userID, score: change.score)
            switch change.operation {
            case .enter: #expect(was == nil)
            case .leave: #expect(was?.entry == entry && was?.position == change.position)
            case .move:
                let was = try #require(was)
                #expect(was.position != change.position || was.entry.rank != change.rank)
            case .score:
                #expect(was?.position == change.position && was?.entry.rank == change.rank)
                #expect(was?.entry.score != change.score)
            }
            places[user] = change.operation == .leave ? nil : (entry, change.position)
        }
        let list = places.values.sorted { $0.position < $1.position }
        #expect(list.map(\.position) == Array(1..<Int64(list.count) + 1))
        return list.map(\.entry)
    }

    /// Entries in the order of a list of scores, with ranks.
    static func top(_ users: [(user: String, score: Int64)], _ ties: BoardRules.Ties = .shared) -> [LeaderboardEntry] {
        var ranks = RankCounter(ties: ties)
        return users.map { LeaderboardEntry(rank: ranks.next(score: $0.score), userID: $0.user, score: $0.score) }
    }

    /// The changes as `op user rank score position`.
    static func words(_ old: [LeaderboardEntry], _ new: [LeaderboardEntry]) -> [String]? {
        UserChange.changes(from: old, to: new)?.map {
            "\($0.operation) \($0.userID) \($0.rank) \($0.score) \($0.position)"
        }
    }

    @Test("Each user that differs appears once, with its new values")
    func kinds() {
        let old = Self.top([("a", 30), ("b", 20), ("c", 20), ("d", 10)])
        #expect(Self.words(old, old) == [])
        #expect(
            Self.words([], old) == ["enter a 1 30 1", "enter b 2 20 2", "enter c 2 20 3", "enter d 4 10 4"])
        #expect(Self.words(old, []) == ["leave a 1 30 1", "leave b 2 20 2", "leave c 2 20 3", "leave d 4 10 4"])
        #expect(Self.words(old, Self.top([("a", 31), ("b", 20), ("c", 20), ("d", 10)])) == ["score a 1 31 1"])
        // c rises over b, which keeps its score and its rank's number, but not its place.
        #expect(
            Self.words(old, Self.top([("a", 30), ("c", 25), ("b", 20), ("d", 10)]))
                == ["move c 2 25 2", "move b 3 20 3"])
        // b joins a: its place stays, its rank does not.
        #expect(
            Self.words(old, Self.top([("a", 30), ("b", 30), ("c", 20), ("d", 10)]))
                == ["move b 1 30 2", "move c 3 20 3"])
        #expect(
            Self.words(old, Self.top([("e", 40), ("a", 30), ("b", 20), ("c", 20)]))
                == ["leave d 4 10 4", "enter e 1 40 1", "move a 2 30 2", "move b 3 20 3", "move c 3 20 4"])
    }

    @Test("A user that appears twice cannot be expressed, and ids are compared by bytes")
    func users() throws {
        let twice = Self.top([("a", 2), ("a", 1)])
        #expect(Self.words(twice, []) == nil)
        #expect(Self.words([], twice) == nil)
        for (one, other) in ByteExactTests.twins {
            let (old, new) = (Self.top([(one, 5), ("m", 4)]), Self.top([(other, 5), (one, 5), ("m", 4)]))
            let changes = try #require(UserChange.changes(from: old, to: new))
            #expect(changes.map(\.operation) == [.enter, .move, .move])
            #expect(try Self.apply(changes, to: old) == new)
        }
    }

    @Test("Changes lead from any version of a random history to any later one", arguments: BoardRules.Ties.allCases)
    func histories(ties: BoardRules.Ties) throws {
        var dice = SplitMix64(seed: 20_261_127)
        for _ in 0..<40 {
            let versions = RandomHistory.versions(using: &dice).map { Self.top($0, ties) }
            let limit = Int.random(in: 1...12, using: &dice)
            for (from, old) in versions.enumerated() {
                for new in versions[from...] {
                    let (old, new) = (Array(old.prefix(limit)), Array(new.prefix(limit)))
                    let changes = try #require(UserChange.changes(from: old, to: new))
                    #expect(try Self.apply(changes.shuffled(using: &dice), to: old) == new)
                    #expect(
                        Set(changes.map { ByteExact($0.userID) }).count == changes.count, "one change for each user")
                    #expect(changes.isEmpty == (old == new))
                }
            }
        }
    }

    @Test("The ties of a board decide the form")
    func forms() {
        let (old, new) = (Self.top([("a", 2), ("b", 1)], .first), Self.top([("b", 3), ("a", 2)], .first))
        for ties in BoardRules.Ties.allCases {
            switch TopChanges(from: old, to: new, ties: ties) {
            case .steps(let steps)?:
                #expect(ties == .first || ties == .last)
                #expect(steps == [TopChange(.move, userID: "b", rank: 1, score: 3)])
            case .users(let users)?:
                #expect(ties == .shared || ties == .dense)
                #expect(users.count == 2)
            case nil: Issue.record("no changes for \(ties)")
            }
        }
        let shared = Self.top([("a", 2), ("b", 2)])
        #expect(TopChanges(from: old, to: shared, ties: .first) == nil)
        #expect(TopChanges(from: old, to: shared, ties: .dense)?.count == 1)
    }
}
