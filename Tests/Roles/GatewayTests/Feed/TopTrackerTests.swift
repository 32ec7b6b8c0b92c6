import Gateway
import Leaderboard
import Testing

/// Which of the tops that arrive becomes the current one.
@Suite struct TopTrackerTests {
    /// A tracker that is asked by name and version.
    struct Tops {
        var tracker = TopTracker()

        mutating func told(_ epoch: String, _ version: Int64) -> Bool {
            tracker.take(changed: Top(epoch: epoch, version: version, at: 0, entries: []))
        }

        mutating func read(_ epoch: String, _ version: Int64, begunAt begun: Int) -> Bool {
            tracker.take(read: Top(epoch: epoch, version: version, at: 0, entries: []), begunAt: begun)
        }
    }

    @Test("Within an epoch only a higher version becomes current")
    func versionsGrow() {
        var tops = Tops()
        #expect(tops.told("a", 3) == true)
        #expect(tops.told("a", 3) == false)
        #expect(tops.told("a", 2) == false)
        #expect(tops.read("a", 2, begunAt: tops.tracker.generation) == false)
        #expect(tops.read("a", 4, begunAt: 0) == true)
    }

    @Test("A new period has a higher version, and a late top of the period before does not bring it back")
    func periods() {
        func top(_ period: String, _ version: Int64) -> Top {
            Top(epoch: "a", version: version, at: 0, period: period, entries: [])
        }
        var tracker = TopTracker()
        #expect(tracker.take(read: top("2026-11-20", 3), begunAt: 0) == true)
        let before = tracker.generation
        #expect(tracker.take(changed: top("2026-11-21", 4)) == true)
        #expect(tracker.take(read: top("2026-11-20", 3), begunAt: before) == false)
        #expect(tracker.take(changed: top("2026-11-20", 3)) == false)
        #expect(tracker.current?.period == "2026-11-21")
    }

    @Test("A replaced epoch stays replaced, unless a read that began later finds it")
    func replacedEpochs() {
        var tops = Tops()
        #expect(tops.told("a", 3) == true)
        let before = tops.tracker.generation
        #expect(tops.told("b", 1) == true)
        #expect(tops.told("a", 9) == false)
        #expect(tops.read("a", 9, begunAt: before) == false, "the read began before b was known")
        #expect(tops.read("a", 9, begunAt: tops.tracker.generation) == true, "the store has it now")
        #expect(tops.tracker.current?.epoch == "a")
        #expect(tops.told("a", 10) == true)
        #expect(tops.told("b", 2) == false)
    }
}
