import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing
import Worker

/// A follower takes each event of the ledger once: its effect and its position are one.
@Suite(.timeLimit(.minutes(2)))
struct FollowerTests {
    private struct Bad: Error, CustomStringConvertible {
        var description: String { "a bad\0event" }
    }

    @Test func aNewFollowerBeginsAtTheBeginningOfTheLedger() async throws {
        try await withFollowerWorld { world in
            let scribe = Scribe("new")
            let follower = world.follower(scribe)
            #expect(try await follower.advance(partition: 0, limit: 4) == .idle, "there is no ledger")
            try await world.run("DELETE FROM follower_positions")
            // The months before were dropped.
            try await world.add(101...110)
            #expect(try await world.progress.lag(of: "new") == [FollowerLag(partition: 0, events: 110, isDue: true)])
            #expect(try await follower.advance(partition: 0, limit: 4) == .took(4))
            #expect(try await follower.advance(partition: 0, limit: 500) == .took(6))
            #expect(try await follower.advance(partition: 0, limit: 500) == .idle)
            #expect(try await world.taken("new") == Array(101...110))
            #expect(try await world.position("new") == "110 0")
            #expect(try await world.progress.lag(of: "new").isEmpty)
            #expect(try await world.progress.hasPassed("new", partition: 0, seq: 110))
            #expect(try await !world.progress.hasPassed("new", partition: 0, seq: 111))
            #expect(try await !world.progress.hasPassed("other", partition: 0, seq: 1))
        }
    }

    @Test func allMonthsWereDropped() async throws {
        try await withFollowerWorld { world in
            try await world.run(
                """
                INSERT INTO partition_positions (partition, epoch, last_id, seq, last_signature)
                VALUES (0, 'e', 'x', 50, 's')
                """)
            let follower = world.follower(Scribe("new"))
            #expect(try await follower.advance(partition: 0, limit: 10) == .idle)
            #expect(try await world.position("new") == "50 0")
            try await world.add(51...52)
            #expect(try await follower.advance(partition: 0, limit: 10) == .took(2))
        }
    }

    @Test func gapsArePassedInOneStep() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...3)
            try await world.add(900_000...900_002)
            let follower = world.follower(Scribe("slow"))
            #expect(try await follower.advance(partition: 0, limit: 3) == .took(3))
            #expect(try await follower.advance(partition: 0, limit: 3) == .took(899_996))
            #expect(try await follower.advance(partition: 0, limit: 3) == .took(3))
            #expect(try await world.taken("slow") == [1, 2, 3, 900_000, 900_001, 900_002])
        }
    }

    @Test func anEventComesWithAllItsBoardsAndActsArePassedOver() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...1, boards: ["b", "a"])
            try await world.add(2...2, user: "", kind: "reset")
            let pseudonym = "deleted_" + String(repeating: "x", count: 22)
            try await world.add(3...3, user: pseudonym, kind: "correction")
            try await world.run("INSERT INTO user_deletions (pseudonym, state) VALUES ('\(pseudonym)', 'done')")
            let scribe = Scribe("reader")
            #expect(try await world.follower(scribe).advance(partition: 0, limit: 10) == .took(3))
            let boards = ["a", "b"].map { FollowedBoard(board: $0, score: 10, rank: 2, isChanged: true) }
            let (issued, applied) = (FollowerWorld.time, FollowerWorld.time + 1000)
            #expect(
                scribe.batches == [
                    [
                        FollowedEvent(
                            partition: 0, seq: 1, userID: "u1", action: "kill", points: 5, issuedAt: issued,
                            appliedAt: applied, boards: boards),
                        FollowedEvent(
                            partition: 0, seq: 3, kind: "correction", userID: pseudonym, isErased: true,
                            action: "kill", points: 5, issuedAt: issued, appliedAt: applied,
                            boards: [FollowedBoard(board: "global", score: 30, rank: 2, isChanged: true)]),
                    ]
                ])
        }
    }

    @Test func aBadEventStopsOnlyItsFollower() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...20)
            try await world.add(1...3, partition: 1)
            let sick = Scribe("sick") { if $0.seq == 7, $0.partition == 0 { throw Bad() } }
            let (follower, other) = (world.follower(sick), world.follower(Scribe("other")))
            var failure: FollowerFailure?
            for _ in 0..<20 where failure == nil {
                switch try await follower.advance(partition: 0, limit: 500) {
                case .failed(let found): failure = found
                case let step: #expect(step != .idle && step != .busy)
                }
            }
            #expect(failure == FollowerFailure(partition: 0, seq: 7, failures: 1, reason: "a badevent"))
            #expect(try await world.taken("sick") == Array(1...6), "all before it, each once")
            #expect(try await world.position("sick") == "6 1 a badevent")
            #expect(try await follower.advance(partition: 0, limit: 500) == .idle, "it waits")
            #expect(
                try await world.progress.lag(of: "sick") == [
                    FollowerLag(partition: 0, events: 14, isDue: false),
                    FollowerLag(partition: 1, events: 3, isDue: true),
                ])
            // Others, and other partitions, go on.
            #expect(try await follower.advance(partition: 1, limit: 500) == .took(3))
            #expect(try await other.advance(partition: 0, limit: 500) == .took(20))
            // After a failure the event comes alone.
            try await world.passTime()
            #expect(
                try await follower.advance(partition: 0, limit: 500)
                    == .failed(FollowerFailure(partition: 0, seq: 7, failures: 2, reason: "a badevent")))
            #expect(sick.batches.last?.map(\.seq) == [7])
            sick.heal()
            try await world.passTime()
            #expect(try await follower.advance(partition: 0, limit: 500) == .took(1))
            #expect(try await follower.advance(partition: 0, limit: 500) == .took(13))
            #expect(try await world.taken("sick") == Array(1...20))
            #expect(try await world.position("sick") == "20 0")
        }
    }

    /// What the database refuses is the fault of an event, too, also if an effect hides it.
    @Test func anEventThatTheDatabaseRefusesFails() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...2)
            try await world.run("ALTER TABLE taken ADD CONSTRAINT small CHECK (seq < 2)")
            let follower = world.follower(Scribe("strict"))
            #expect(try await follower.advance(partition: 0, limit: 500) == .took(1))
            guard case .failed(let failure) = try await follower.advance(partition: 0, limit: 500) else {
                Issue.record("it was taken")
                return
            }
            #expect(failure.seq == 2 && failure.reason.contains("23514"))
            #expect(try await world.taken("strict") == [1])
        }
    }

    @Test func anErrorOfTheMomentIsNoFailure() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...3)
            let scribe = Scribe("calm") { _ in throw StoreError(.unavailable, "away") }
            let follower = world.follower(scribe)
            await #expect(throws: StoreError.self) { try await follower.advance(partition: 0, limit: 500) }
            #expect(scribe.batches.count == 1, "it is not tried with fewer events")
            #expect(try await world.position("calm") == "0 0")
            scribe.heal()
            #expect(try await follower.advance(partition: 0, limit: 500) == .took(3))
            #expect(try await world.taken("calm") == [1, 2, 3])
        }
    }

    @Test func aConnectionThatBreaksTakesTheEffectWithIt() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...3)
            let scribe = Scribe("cut")
            let breaking = Breaking(scribe)
            let follower = PostgresFollower(breaking, pool: world.pool)
            await #expect(throws: StoreError.self) { try await follower.advance(partition: 0, limit: 500) }
            #expect(try await world.taken("cut").isEmpty)
            #expect(try await world.position("cut") == "0 0")
            #expect(try await world.follower(scribe).advance(partition: 0, limit: 500) == .took(3))
        }
    }

    /// An effect whose connection breaks after it.
    private struct Breaking: FollowerEffect {
        let base: Scribe
        init(_ base: Scribe) { self.base = base }
        var name: String { base.name }

        func take(_ events: [FollowedEvent], on connection: PostgresConnection) throws {
            try base.take(events, on: connection)
            connection.close()
        }
    }

    @Test func anotherNodeIsAtWork() async throws {
        try await withFollowerWorld { world in
            try await world.add(1...3)
            let follower = world.follower(Scribe("one"))
            #expect(try await follower.advance(partition: 0, limit: 1) == .took(1))
            let nested = Nested(follower)
            #expect(try await PostgresFollower(nested, pool: world.pool).advance(partition: 0, limit: 1) == .took(1))
            let step = try await nested.step?.value
            #expect(step == .busy)
        }
    }

    /// An effect during which the other node tries.
    private final class Nested: FollowerEffect {
        private let other: PostgresFollower
        private let started = Started()
        init(_ other: PostgresFollower) { self.other = other }
        var name: String { other.name }
        var step: Task<FollowerStep, any Error>? { started.task }

        func take(_ events: [FollowedEvent], on connection: PostgresConnection) throws {
            let task = Task { [other, started] in
                defer { started.end() }
                return try await other.advance(partition: 0, limit: 1)
            }
            started.begin(task)
            try waitUntil("the other node has tried") { started.isOver }
        }
    }
}
