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

    @Test("Watchers are told once of each outage, and of its end once all tops were read")
    func tellsOnceForEachOutage() {
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
    @Test("A message of long ago does not end an outage")
    func aLateArrivalIsNotTheEnd() {
        var story = Story()
        _ = story.look(0)
        #expect(story.look(5_000, age: 5_000, isLate: true) == .tellStale(receivedUntil: 0))
        #expect(story.look(20_000, age: 15_000) == .nothing)
        #expect(story.look(20_300, age: 100) == .readAgain)
    }

    @Test("An outage with gaps is one")
    func anOutageWithGapsIsOne() {
        var story = Story()
        _ = story.look(0)
        #expect(story.look(4_000, age: 4_000, isLate: true) == .tellStale(receivedUntil: 0))
        #expect(story.look(5_000) == .readAgain)
        #expect(story.look(5_100, isLive: false) == .nothing)
        #expect(story.reception.recordTopsRead() == false, "what was read before the feed was cut again proves nothing")
        #expect(story.look(6_000) == .readAgain)
        #expect(story.reception.recordTopsRead() == true)
    }

    @Test("A cut is an outage only if it lasts")
    func aCutIsAnOutageOnlyIfItLasts() {
        var story = Story()
        _ = story.look(10_000)
        #expect(story.look(10_100, age: 100, isLive: false) == .nothing)
        #expect(story.look(12_900, age: 2_900, isLive: false) == .nothing)
        #expect(story.look(12_950) == .nothing, "nobody heard of it")
        #expect(story.look(13_000, age: 50, isLive: false) == .nothing)
        #expect(story.look(15_950, age: 3_000, isLive: false) == .tellStale(receivedUntil: 12_950))
    }

    /// A node that never received anything.
    @Test("A node that never received anything counts from its start")
    func countsFromTheStart() {
        var story = Story()
        #expect(story.look(2_900, age: nil, isLate: true) == .nothing)
        #expect(story.look(3_000, age: nil, isLate: true, isLive: false) == .tellStale(receivedUntil: 0))
    }

    @Test("Without canaries the feed's word is taken")
    func withoutCanariesTheFeedsWordIsTaken() {
        var reception = Reception(patience: .milliseconds(100), now: 0)
        #expect(reception.look(isLive: true, proof: nil, now: 5_000) == .nothing)
        #expect(reception.look(isLive: false, proof: nil, now: 5_099) == .nothing)
        #expect(reception.look(isLive: false, proof: nil, now: 5_100) == .tellStale(receivedUntil: 5_000))
        #expect(reception.look(isLive: true, proof: nil, now: 5_200) == .readAgain)
    }

    @Test("Phase, what is known of the feed, action, whether watchers were told")
    func transitions() {
        /// The looks that lead to each phase, from a start at 0 with a patience of 3 s.
        func story(_ phase: String) -> Story {
            var story = Story()
            _ = story.look(0)
            guard phase != "receiving" else { return story }
            _ = story.look(5_000, age: 5_000, isLate: true)
            guard phase != "stale" else { return story }
            _ = story.look(6_000)
            return story
        }
        struct Row {
            var phase: String
            var now: Int64
            var age: Int64
            var isLate = false
            var isLive = true
            var action: Reception.Action
            var isStale: Bool
        }
        let rows = [
            Row(phase: "receiving", now: 9_000, age: 100, action: .nothing, isStale: false),
            Row(phase: "receiving", now: 9_000, age: 9_000, action: .nothing, isStale: false),
            Row(phase: "receiving", now: 2_999, age: 2_999, isLate: true, action: .nothing, isStale: false),
            Row(
                phase: "receiving", now: 3_000, age: 3_000, isLate: true, action: .tellStale(receivedUntil: 0),
                isStale: true),
            Row(
                phase: "receiving", now: 9_000, age: 3_000, isLive: false, action: .tellStale(receivedUntil: 6_000),
                isStale: true),
            Row(phase: "stale", now: 9_000, age: 9_000, isLate: true, action: .nothing, isStale: true),
            Row(phase: "stale", now: 9_000, age: 0, isLive: false, action: .nothing, isStale: true),
            Row(phase: "stale", now: 9_000, age: 3_000, action: .nothing, isStale: true),
            Row(phase: "stale", now: 9_000, age: 2_999, action: .readAgain, isStale: true),
            Row(phase: "reading", now: 9_000, age: 0, action: .nothing, isStale: true),
            Row(phase: "reading", now: 9_000, age: 0, isLate: true, action: .nothing, isStale: true),
        ]
        for row in rows {
            var story = story(row.phase)
            let action = story.look(row.now, age: row.age, isLate: row.isLate, isLive: row.isLive)
            #expect(action == row.action, "\(row)")
            #expect(story.reception.isStale == row.isStale, "\(row)")
            // That all tops were read ends an outage only while that was asked for, and all is well.
            let ends = (row.phase == "reading" && !row.isLate) || row.action == .readAgain
            #expect(story.reception.recordTopsRead() == ends, "\(row)")
        }
    }
}
