import Basics
import Gateway
import Leaderboard
import TestSupport
import Testing

/// The versions that clients can be brought up to date from.
@Suite struct TopHistoryTests {
    @Test("As many versions of each kind are kept as the bound says, of one epoch and period")
    func bounds() {
        func top(_ version: Int64, _ epoch: String = "a") -> Top {
            Top(epoch: epoch, version: version, at: 0, entries: [])
        }
        var history = TopHistory(versionsMax: 3)
        for version in 1...9 as ClosedRange<Int64> {
            history.recordAnnounced(top(version))
            if version % 3 == 0 { history.recordPushed(top(version)) }
        }
        let known = (0...10).filter { history.top(epoch: "a", version: $0) != nil }
        #expect(known == [3, 6, 7, 8, 9])
        history.recordAnnounced(top(1, "b"))
        history.recordPushed(top(1, "b"))
        #expect(history.top(epoch: "a", version: 9) == nil)
        #expect(history.top(epoch: "b", version: 1) != nil)
        var next = top(2, "b")
        next.period = "next"
        history.recordAnnounced(next)
        history.recordPushed(next)
        #expect(history.top(epoch: "b", version: 1) == nil)
        #expect(history.top(epoch: "b", version: 2) != nil)
    }

    private func top(_ version: Int64, _ epoch: String = "a") -> Top {
        Top(epoch: epoch, version: version, at: 0, entries: [])
    }

    /// Everything that was recorded, kept whole.
    private struct Oracle {
        var announced: [Top] = []
        var pushed: [Top] = []

        func known(_ versionsMax: Int) -> [Top] {
            [announced, pushed].flatMap { all in
                Array(all.reversed().prefix { $0.epoch == all.last?.epoch }.prefix(versionsMax))
            }
        }
    }

    @Test(
        "Of random histories it knows the last versions of each kind, and no other",
        arguments: 1...20 as ClosedRange<UInt64>)
    func agreesWithTheOracle(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let versionsMax = Int.random(in: 0...5, using: &random)
        var history = TopHistory(versionsMax: versionsMax)
        var oracle = Oracle()
        var (epoch, version) = (0, Int64(0))
        for _ in 0..<300 {
            version += 1
            if Int.random(in: 0..<15, using: &random) == 0 { (epoch, version) = (epoch + 1, 1) }
            let top = top(version, "e\(epoch)")
            history.recordAnnounced(top)
            oracle.announced.append(top)
            if Int.random(in: 0..<3, using: &random) == 0 {
                history.recordPushed(top)
                oracle.pushed.append(top)
            }
            let known = Set(oracle.known(versionsMax))
            for epoch in [epoch - 1, epoch] {
                for version in max(0, version - 20)...version + 1 {
                    let asked = self.top(version, "e\(epoch)")
                    #expect(history.top(epoch: asked.epoch, version: version) == (known.contains(asked) ? asked : nil))
                }
            }
        }
    }
}
