import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// Two nodes that update at the same time.
@Suite(.timeLimit(.minutes(1)))
struct ApplyConcurrencyTests {
    private func apply(_ updates: [ScoreUpdate], _ fixture: RedisFixture) async throws -> [(ScoreUpdate, ApplyOutcome)]
    {
        let stores = [fixture.store(), fixture.store(other: true)]
        return try await withThrowingTaskGroup(of: (ScoreUpdate, ApplyOutcome).self) { group in
            for (index, update) in updates.enumerated() {
                group.addTask { (update, try await stores[index % 2].outcome(of: update)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func oneActionIDCountsOnce() async throws {
        try await withFixture { fixture in
            try await fixture.add("u0", 3, "s0")
            let outcomes = try await apply(Array(repeating: fixture.update("u1", 5, "s1"), count: 100), fixture).map(
                \.1)
            let receipt = Receipt(score: 5, rank: 1)
            #expect(outcomes.filter { $0 == .applied(receipt) }.count == 1)
            #expect(outcomes.filter { $0 == .replayed(receipt) }.count == 99)
            #expect(try await fixture.all().map(\.score) == [5, 3])
            #expect(try await fixture.events().map(\.signature) == ["s0", "s1"])
        }
    }

    @Test func manyUsersLoseNothing() async throws {
        try await withFixture { fixture in
            var random = SplitMix64(seed: 7)
            let updates = (0..<3000).map { number in
                fixture.update(
                    "u\(Int.random(in: 0..<40, using: &random))", Int64.random(in: -9...20, using: &random),
                    "s\(number)",
                    submitted: number.isMultiple(of: 3) ? Int64(number) : nil,
                    issuedAt: 1_790_000_000_000 + Int64(number))
            }
            // Some updates are sent twice.
            let outcomes = try await apply(updates + updates.prefix(500), fixture)
            var sums: [String: Int64] = [:]
            for update in updates { sums[update.userID, default: 0] += update.amount }
            let entries = try await fixture.all(limit: 7)
            #expect(Dictionary(uniqueKeysWithValues: entries.map { ($0.userID, $0.score) }) == sums)
            #expect(entries.map(\.rank) == Array(1...Int64(sums.count)))
            #expect(outcomes.filter { if case .applied = $0.1 { true } else { false } }.count == 3000)
            #expect(outcomes.filter { if case .replayed = $0.1 { true } else { false } }.count == 500)

            try await expectOutbox(holds: outcomes, fixture)
        }
    }

    /// Each update that counted is in the outbox once, under the next number, with the same outcome as in its reply.
    private func expectOutbox(holds outcomes: [(ScoreUpdate, ApplyOutcome)], _ fixture: RedisFixture) async throws {
        let events = try await fixture.events()
        #expect(events.map(\.seq) == Array(1...Int64(events.count)))
        var byScore: [String: Int64] = [:]
        var expected: [String: LedgerEvent] = [:]
        for (update, outcome) in outcomes {
            guard case .applied(let receipt) = outcome else { continue }
            expected[update.signature] = LedgerEvent(
                seq: 0, userID: update.userID, action: update.action, nonce: update.nonce,
                signature: update.signature, points: update.amount, submittedScore: update.submittedScore,
                issuedAt: update.issuedAt, appliedAt: 0,
                outcomes: receipt.rankings.isEmpty
                    ? [
                        RankingOutcome(
                            ranking: fixture.ranking,
                            place: RankingOutcome.Place(score: receipt.score, rank: receipt.rank, isChanged: true))
                    ] : receipt.rankings)
        }
        var wrong = 0
        var latest: Int64 = 0
        for event in events {
            var plain = event
            (plain.seq, plain.appliedAt) = (0, 0)
            if expected.removeValue(forKey: event.signature) != plain { wrong += 1 }
            // Each user's scores follow from each other in the order of the outbox, and time does not go back.
            if byScore[event.userID, default: 0] + event.points != event.score { wrong += 1 }
            byScore[event.userID] = event.score
            if event.appliedAt < latest { wrong += 1 }
            latest = event.appliedAt
        }
        #expect(wrong == 0)
        #expect(expected.isEmpty)
        let end = try await fixture.time() / 1000
        #expect((end - 60_000...end).contains(latest))
    }
}
