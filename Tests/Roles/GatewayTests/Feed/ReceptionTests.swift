import Gateway
import Leaderboard
import Testing

/// When watchers are told that what they see may be old.
@Suite struct ReceptionTests {
    /// A reception that is asked at times, with a patience of 3 s.
    private struct Story {
        var reception = Reception(patience: .milliseconds(3_000), now: 0)

        /// - Parameters:
        ///   - age: of the newest proof; nil for none yet.
        ///   - isLate: whether a canary takes too long.
        mutating func look(_ now: Int64, age: Int64? = 0, isLate: Bool = false, isLive: Bool = true) -> Reception.Action
        {
            let proof = FeedProof(whyLate: isLate ? "late" : nil, ageMilliseconds: age)
            return reception.look(isLive: isLive, proof: proof, now: now)
        }
    }

    @Test func tellsOnceForEachOutage() {
        var story = Story()
        #expect(story.look(1_000) == .nothing)
        #expect(story.look(3_900, age: 2_900) == .nothing, "a canary need not be there yet")
        #expect(story.look(4_100, age: 3_100, isLate: true) == .tellStale(receivedUntil: 1_000))
        #expect(story.reception.isStale)
        for now in stride(from: Int64(4_200), to: 20_000, by: 100) {
            #expect(story.look(now, age: now - 1_000, isLate: true, isLive: now % 200 == 0) == .nothing)
        }
        #expect(story.look(20_000, age: 200) == .readAgain)
        #expect(story.look(20_100, age: 300) == .nothing)
        #expect(story.reception.isStale, "the tops were not read yet")
        #expect(story.reception.recordTopsRead() == true)
        #expect(story.reception.recordTopsRead() == false)
        #expect(!story.reception.isStale)
        #expect(story.look(20_200, age: 400) == .nothing)
    }

    /// Old canaries that come out of a store that hung prove the past, not the present.
    @Test func aLateArrivalIsNotTheEnd() {
        var story = Story()
        _ = story.look(0)
        #expect(story.look(5_000, age: 5_000, isLate: true) == .tellStale(receivedUntil: 0))
        #expect(story.look(20_000, age: 15_000) == .nothing)
        #expect(story.look(20_300, age: 100) == .readAgain)
    }

    @Test func anOutageWithGapsIsOne() {
        var story = Story()
        _ = story.look(0)
        #expect(story.look(4_000, age: 4_000, isLate: true) == .tellStale(receivedUntil: 0))
        #expect(story.look(5_000) == .readAgain)
        #expect(story.look(5_100, isLive: false) == .nothing)
        #expect(story.reception.recordTopsRead() == false, "what was read before the feed was cut again proves nothing")
        #expect(story.look(6_000) == .readAgain)
        #expect(story.reception.recordTopsRead() == true)
    }

    @Test func aCutIsAnOutageOnlyIfItLasts() {
        var story = Story()
        _ = story.look(10_000)
        #expect(story.look(10_100, age: 100, isLive: false) == .nothing)
        #expect(story.look(12_900, age: 2_900, isLive: false) == .nothing)
        #expect(story.look(12_950) == .nothing, "nobody heard of it")
        #expect(story.look(13_000, age: 50, isLive: false) == .nothing)
        #expect(story.look(15_950, age: 3_000, isLive: false) == .tellStale(receivedUntil: 12_950))
    }

    /// A node that never received anything.
    @Test func countsFromTheStart() {
        var story = Story()
        #expect(story.look(2_900, age: nil, isLate: true) == .nothing)
        #expect(story.look(3_000, age: nil, isLate: true, isLive: false) == .tellStale(receivedUntil: 0))
    }

    @Test func withoutCanariesTheFeedsWordIsTaken() {
        var reception = Reception(patience: .milliseconds(100), now: 0)
        #expect(reception.look(isLive: true, proof: nil, now: 5_000) == .nothing)
        #expect(reception.look(isLive: false, proof: nil, now: 5_099) == .nothing)
        #expect(reception.look(isLive: false, proof: nil, now: 5_100) == .tellStale(receivedUntil: 5_000))
        #expect(reception.look(isLive: true, proof: nil, now: 5_200) == .readAgain)
    }

    @Test func waitsForTheReadsThatBeganLateEnough() {
        var reads = AwaitedReads()
        #expect(reads.isEmpty)
        reads.add(1, ticket: 5)
        reads.add(2, ticket: 1)
        reads.add(3, ticket: 2)
        reads.recordEnd(1, ticket: 4)
        reads.recordEnd(2, ticket: 2)
        reads.recordEnd(9, ticket: 9)
        reads.forget(3)
        #expect(!reads.isEmpty, "the read of 1 began too early")
        reads.recordEnd(1, ticket: 5)
        #expect(reads.isEmpty)
    }

    @Test func afterAnOutageReadsAreTriedSoonAgain() {
        var plan = ReadPlan(comparison: .milliseconds(1_000))
        for _ in 0..<8 {
            _ = plan.requestRead()
            _ = plan.recordFailure(dice: 0.5)
        }
        #expect(plan.requestReadAfterOutage() == .read)
        #expect(plan.recordFailure(dice: 0.5) == .wait(milliseconds: 75))
        #expect(plan.failureLasts, "operators are told of the end")
        #expect(plan.requestRead() == .read)
        #expect(plan.requestReadAfterOutage() == .nothing, "the read that follows counts")
        #expect(plan.recordSuccess(dice: 0) == .read)
    }
}
