import Basics
import Gateway
import TestSupport
import Testing

/// Many waits on one wheel.
@Suite struct TimerWheelTests {
    final class Entry: WheelEntry {
        var wheelPlace = WheelPlace.none
        let name: Int

        init(_ name: Int) { self.name = name }
    }

    @Test("Each entry comes back when its wait is over, once, unless it was removed")
    func waits() {
        var wheel = TimerWheel<Entry>()
        let entries = (0..<5).map(Entry.init)
        for (entry, ticks) in zip(entries, [3, 1, 3, 0, 100_000]) { wheel.insert(entry, in: ticks) }
        #expect(wheel.count == 5)
        #expect(wheel.advance().map(\.name).sorted() == [1, 3])
        #expect(wheel.advance().isEmpty)
        wheel.remove(entries[0])
        wheel.remove(entries[0])
        #expect(wheel.advance().map(\.name) == [2])
        #expect(wheel.entries.map(\.name) == [4])
        for _ in 4..<TimerWheel<Entry>.ticksMax { #expect(wheel.advance().isEmpty) }
        #expect(wheel.advance().map(\.name) == [4])
        #expect(wheel.count == 0)
    }

    @Test("Random inserts and removals come back as a plain table says")
    func agreesWithATable() {
        var random = SplitMix64(seed: 42)
        var wheel = TimerWheel<Entry>()
        let entries = (0..<200).map(Entry.init)
        var due: [Int: UInt32] = [:]
        for _ in 0..<5_000 {
            for _ in 0..<3 {
                let entry = entries[Int.random(in: 0..<200, using: &random)]
                if Bool.random(using: &random) {
                    let ticks = Int.random(in: 1...511, using: &random)
                    wheel.insert(entry, in: ticks)
                    due[entry.name] = wheel.now + UInt32(ticks)
                } else {
                    wheel.remove(entry)
                    due[entry.name] = nil
                }
            }
            let returned = Set(wheel.advance().map(\.name))
            #expect(returned == Set(due.filter { $0.value == wheel.now }.keys))
            for name in returned { due[name] = nil }
            #expect(wheel.count == due.count)
        }
    }
}
