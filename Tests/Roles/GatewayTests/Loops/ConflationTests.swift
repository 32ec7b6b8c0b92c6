import Basics
import Gateway
import TestSupport
import Testing

/// When changes of one ranking are pushed: state, event, action, next state.
@Suite struct ConflationTests {
    @Test("The first change is pushed at once, the next waits for the interval, and later ones take its place")
    func transitions() {
        let fresh = Conflation(interval: .nanoseconds(100))
        var resting = fresh
        _ = resting.recordChange(at: 1_000)
        var waiting = resting
        _ = waiting.recordChange(at: 1_050)
        let rows: [(from: String, state: Conflation, now: Int64, action: Conflation.Action)] = [
            ("fresh", fresh, .min, .push),
            ("fresh", fresh, 0, .push),
            ("pushed at 1000", resting, 1_000, .wait(until: 1_100)),
            ("pushed at 1000", resting, 1_099, .wait(until: 1_100)),
            ("pushed at 1000", resting, 1_100, .push),
            ("waiting until 1100", waiting, 1_060, .nothing),
            // The timer may be late; it alone ends the wait.
            ("waiting until 1100", waiting, 1_200, .nothing),
        ]
        for (from, state, now, action) in rows {
            var state = state
            #expect(state.recordChange(at: now) == action, "\(from), a change at \(now)")
        }
        waiting.endWait(at: 1_130)
        #expect(waiting.recordChange(at: 1_200) == .wait(until: 1_230), "the interval is counted from the push")
    }

    @Test("There is at most one push in an interval; without an interval each change is pushed")
    func once() {
        var conflation = Conflation(interval: .nanoseconds(100))
        #expect(conflation.recordChange(at: 1000) == .push)
        #expect(conflation.recordChange(at: 1010) == .wait(until: 1100))
        #expect(conflation.recordChange(at: 1020) == .nothing)
        conflation.endWait(at: 1105)
        #expect(conflation.recordChange(at: 1150) == .wait(until: 1205))
        conflation.endWait(at: 1205)
        #expect(conflation.recordChange(at: 1305) == .push)
        var every = Conflation(interval: .nanoseconds(0))
        for _ in 0..<3 { #expect(every.recordChange(at: 5) == .push) }
    }

    /// Changes at random times; the owner's timer is on time or late.
    @Test(
        "No two pushes are closer than the interval, and no change waits for longer",
        arguments: 1...20 as ClosedRange<UInt64>)
    func agreesWithTheOracle(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let interval = Int64.random(in: 1...50, using: &random)
        var conflation = Conflation(interval: .nanoseconds(interval))
        var now: Int64 = 0
        var pushes: [Int64] = []
        var unpushedSince: Int64?
        var timer: Int64?
        for _ in 0..<2_000 {
            now += .random(in: 0...20, using: &random)
            let lateness = Int64.random(in: 0...5, using: &random)
            if let due = timer, due + lateness <= now {
                conflation.endWait(at: now)
                timer = nil
                pushes.append(now)
                unpushedSince = nil
            }
            switch conflation.recordChange(at: now) {
            case .push:
                #expect(timer == nil)
                pushes.append(now)
            case .wait(let until):
                #expect(timer == nil && until > now && until == (pushes.last ?? 0) + interval)
                timer = until
                unpushedSince = now
            case .nothing: #expect(timer != nil && unpushedSince != nil, "a change that nobody pushes")
            }
        }
        #expect(zip(pushes, pushes.dropFirst()).allSatisfy { $1 - $0 >= interval })
        #expect(pushes.count > 100)
    }
}
