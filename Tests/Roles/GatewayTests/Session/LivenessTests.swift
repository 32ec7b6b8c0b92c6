import Basics
import Gateway
import TestSupport
import Testing

/// When a peer is asked and when it is given up: time, verdict, next visit.
@Suite struct LivenessTests {
    @Test("A silent peer is pinged when a ping is due, and is dead after the silence; a sign of life starts it over")
    func table() {
        let settings = Liveness.Settings(ping: 250, jitter: 0, silence: 600)
        // Heard at 0, next ping at 250.
        let rows: [(heard: UInt32?, now: UInt32, verdict: Liveness.Verdict)] = [
            (nil, 1, .alive(again: 249)),
            (nil, 249, .alive(again: 1)),
            (nil, 250, .ask(again: 250)),
            // The end comes before the ping after it.
            (nil, 400, .ask(again: 200)),
            (nil, 599, .ask(again: 1)),
            (nil, 600, .dead),
            (nil, 10_000, .dead),
            (200, 249, .alive(again: 1)),
            (200, 799, .ask(again: 1)),
            (200, 800, .dead),
            (599, 600, .ask(again: 250)),
        ]
        for start in [0, 5, .max - 300, .max] as [UInt32] {
            for (heard, now, verdict) in rows {
                var random = SplitMix64(seed: 1)
                var peer = Liveness(now: start, settings: settings, using: &random)
                if let heard { peer.recordSign(now: start &+ heard) }
                let given = peer.visit(now: start &+ now, settings: settings, using: &random)
                #expect(given == verdict, "heard \(heard ?? 0), visited \(now), counted from \(start)")
            }
        }
    }

    @Test("Pings go on while a peer is silent, until it is given up")
    func asksAndGivesUp() {
        let settings = Liveness.Settings(ping: 250, jitter: 0, silence: 600)
        var random = SplitMix64(seed: 1)
        var peer = Liveness(now: 0, settings: settings, using: &random)
        func visit(_ now: UInt32) -> Liveness.Verdict { peer.visit(now: now, settings: settings, using: &random) }
        #expect(visit(1) == .alive(again: 249))
        #expect(visit(250) == .ask(again: 250))
        #expect(visit(500) == .ask(again: 100))
        let before = peer
        #expect(visit(600) == .dead)
        peer = before
        peer.recordSign(now: 599)
        #expect(visit(600) == .alive(again: 150))
    }

    @Test("Pings are spread over the jitter on both sides")
    func spreadsPings() {
        let settings = Liveness.Settings(ping: 250, jitter: 50, silence: 600)
        var random = SplitMix64(seed: 7)
        let pings = Set((0..<1000).map { _ in settings.nextPing(using: &random) })
        #expect(pings.min() == 200 && pings.max() == 300 && pings.count == 101)
    }
}
