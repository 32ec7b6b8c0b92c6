import Basics
import ScorecastClient
import Testing

/// Random boards and random steps, compared with a reference that has only a dictionary of scores and an order.
@Suite struct DeltaPropertyTests {
    /// The simple reference: the users and their order; places are found by counting.
    private struct Reference {
        var order: [String] = []
        var scores: [String: Int64] = [:]

        /// A random step that is right, applied here, and as the server would tell it.
        mutating func step(_ random: inout SplitMix64) -> ScoreboardDelta.Change {
            let present = order.randomElement(using: &random)
            let score = Int64.random(in: -1_000_000...1_000_000, using: &random)
            switch (Int.random(in: 0..<4, using: &random), present) {
            case (0, let user?):
                let rank = place(of: user)
                let had = scores.removeValue(forKey: user) ?? 0
                order = order.filter { $0 != user }
                return .init(.leave, userID: user, rank: rank, score: had)
            case (1, let user?):
                scores[user] = score
                return .init(.score, userID: user, rank: place(of: user), score: score)
            case (2, let user?):
                let others = order.filter { $0 != user }
                insert(user, into: others, at: Int.random(in: 0...others.count, using: &random))
                scores[user] = score
                return .init(.move, userID: user, rank: place(of: user), score: score)
            default:
                let user = "u\(UInt32.random(in: 0...UInt32.max, using: &random))é"
                insert(user, into: order, at: Int.random(in: 0...order.count, using: &random))
                scores[user] = score
                return .init(.enter, userID: user, rank: place(of: user), score: score)
            }
        }

        private mutating func insert(_ user: String, into others: [String], at place: Int) {
            order = others.prefix(place) + [user] + others.suffix(others.count - place)
        }

        private func place(of user: String) -> Int64 {
            Int64(order.prefix { $0 != user }.count) + 1
        }

        var entries: [ScoreboardEntry] {
            order.enumerated().map { place, user in
                ScoreboardEntry(rank: Int64(place) + 1, userID: user, score: scores[user] ?? 0)
            }
        }
    }

    @Test(arguments: UInt64(1)...20)
    func deltasLeadToTheStateOfTheReference(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var reference = Reference()
        for _ in 0..<Int.random(in: 0...30, using: &random) { _ = reference.step(&random) }
        var standings = Standings()
        var version: Int64 = 1
        _ = standings.take(
            ScoreboardState(
                board: "b", window: "all", period: "all", epoch: "e", version: version, at: 0,
                entries: reference.entries))
        for _ in 0..<200 {
            let from = version
            version += Int64.random(in: 1...5, using: &random)
            let changes = (0..<Int.random(in: 0...6, using: &random)).map { _ in reference.step(&random) }
            let outcome = standings.take(
                ScoreboardDelta(epoch: "e", from: from, version: version, at: version, changes: changes))
            guard case .changed(let state) = outcome else {
                Issue.record("\(outcome) of \(changes)")
                return
            }
            #expect(state.entries == reference.entries && state.version == version)
        }
    }
}
