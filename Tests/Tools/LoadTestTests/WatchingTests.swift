import LoadTest
import ScorecastClient
import Testing

@Suite("States that watchers see")
struct WatchingTests {
    private func state(_ version: Int64, epoch: String = "e1", scores: Int64...) -> ScoreboardState {
        let entries = scores.enumerated().map { index, score in
            ScoreboardEntry(rank: Int64(index) + 1, userID: "u\(index)", score: score)
        }
        return ScoreboardState(
            board: "global", window: "all", period: "all", epoch: epoch, version: version, at: 1000, entries: entries)
    }

    // MARK: One watcher

    private func faults(_ body: (inout WatcherState, inout WatchTally) -> Void) -> Int {
        var watcher = WatcherState(name: "watcher 0")
        var tally = WatchTally()
        body(&watcher, &tally)
        return tally.faults.count
    }

    @Test("versions that grow are right, also across epochs and reconnects")
    func growing() {
        let count = faults { watcher, tally in
            watcher.opened(&tally)
            for version in [1, 2, 5] as [Int64] { watcher.show(state(version), &tally) }
            watcher.show(state(1, epoch: "e2"), &tally)
            watcher.opened(&tally)
            watcher.show(state(2, epoch: "e2"), &tally)
            #expect(tally.opens == 2 && tally.reconnects == 1)
        }
        #expect(count == 0)
    }

    @Test("a version that goes back within an epoch, or comes again, is a fault")
    func goingBack() {
        #expect(
            faults {
                $0.show(state(2), &$1); $0.show(state(1), &$1)
            } == 1)
        #expect(
            faults {
                $0.show(state(2), &$1); $0.show(state(2), &$1)
            } == 1)
        #expect(
            faults { watcher, tally in
                watcher.show(state(2), &tally)
                watcher.show(state(1, epoch: "e2"), &tally)
                watcher.show(state(1), &tally)
            } == 1)
    }

    private func arrival(
        _ kind: ScoreboardArrival.Kind, _ version: Int64, delay: Int64 = 1
    ) -> ScoreboardArrival {
        ScoreboardArrival(
            kind: kind, epoch: "e1", version: version, at: 1000, receivedAtMicroseconds: 1_000_000 + delay, bytes: 1)
    }

    @Test("all messages but a connection's first count for the staleness, of whatever kind")
    func staleness() {
        var watcher = WatcherState(name: "watcher 0")
        var tally = WatchTally()
        watcher.opened(&tally)
        watcher.arrived(arrival(.snapshot, 1, delay: 900), &tally)
        #expect(tally.staleness.count == 0 && watcher.news == nil)
        // A watcher that is older than the history gets a snapshot, which is the stalest message of all.
        watcher.arrived(arrival(.snapshot, 2, delay: 700), &tally)
        #expect(tally.staleness.count == 1 && tally.news == 1 && watcher.news == 1_000_700)
        watcher.opened(&tally)
        watcher.arrived(arrival(.delta, 3, delay: 900), &tally)
        watcher.arrived(arrival(.update, 4, delay: 5), &tally)
        #expect(tally.staleness.count == 2 && tally.staleness.percentile(1) == 700)
        #expect(tally.faults.count == 0)
    }

    @Test("who shows an older top than the board's, and stays silent, is the staler the longer that lasts")
    func silence() {
        var watcher = WatcherState(name: "watcher 0")
        var tally = WatchTally()
        let start = ContinuousClock.now
        func look(_ version: Int64, epoch: String = "e1", after seconds: Int) -> Int64? {
            tally.staleness = Distribution()
            watcher.expect(epoch, version, at: start + .seconds(seconds), &tally)
            return tally.staleness.percentile(1).map { ($0 + 500_000) / 1_000_000 }
        }
        watcher.show(state(5), &tally)
        #expect([look(5, after: 0), look(5, after: 1)] == [nil, nil])
        #expect([look(6, after: 2), look(9, after: 3), look(9, after: 12)] == [nil, 1, 10])
        // Still late, but no longer silent.
        watcher.show(state(8), &tally)
        #expect([look(9, after: 13), look(9, after: 14)] == [nil, 1])
        watcher.show(state(10), &tally)
        #expect([look(9, after: 15), look(9, after: 16)] == [nil, nil])
        #expect([look(1, epoch: "e2", after: 17), look(1, epoch: "e2", after: 18)] == [nil, 1])
    }

    @Test("a version that goes back or comes again on the wire, and a delta that does not fit, are faults")
    func wire() {
        #expect(
            faults {
                $0.opened(&$1); $0.arrived(arrival(.update, 2), &$1); $0.arrived(arrival(.update, 2), &$1)
            } == 1)
        #expect(
            faults { watcher, tally in
                var misfit = arrival(.delta, 2)
                misfit.outcome = .misfit
                watcher.opened(&tally)
                watcher.arrived(misfit, &tally)
            } == 1)
    }

    @Test("epochs are told apart by their bytes")
    func epochs() {
        #expect(
            faults { watcher, tally in
                watcher.show(state(2, epoch: "\u{E9}"), &tally)
                watcher.show(state(1, epoch: "e\u{301}"), &tally)
            } == 0)
        var record = TopRecord(watchers: 2)
        record.see(state(1, epoch: "\u{E9}", scores: 9), by: "a", news: nil)
        record.see(state(1, epoch: "e\u{301}", scores: 7), by: "b", news: nil)
        #expect(record.finish().differences.count == 0)
    }

    @Test("what watchers get goes into the time series from the beginning of the traffic on")
    func series() {
        var watcher = WatcherState(name: "watcher 0")
        var tally = WatchTally()
        watcher.opened(&tally)
        watcher.arrived(arrival(.snapshot, 1), &tally)
        #expect(tally.series.buckets.isEmpty)
        watcher.arrived(arrival(.update, 2, delay: 5000), &tally, at: .milliseconds(1500))
        watcher.opened(&tally, at: .seconds(3))
        watcher.arrived(arrival(.snapshot, 2, delay: 9000), &tally, at: .seconds(3))
        watcher.show(state(2), &tally)
        let now = ContinuousClock.now
        watcher.expect("e1", 3, at: now, &tally, inTraffic: .seconds(4))
        watcher.expect("e1", 3, at: now + .seconds(1), &tally, inTraffic: .seconds(5))
        let buckets = tally.series.buckets
        #expect(buckets.map(\.messages) == [0, 1, 0, 1, 0, 0] && buckets.map(\.reconnects) == [0, 0, 0, 1, 0, 0])
        #expect(buckets.map(\.staleness.count) == [0, 1, 0, 0, 0, 1])
    }

    // MARK: Proofs

    private func proofs(
        _ body: (inout Scenario, inout WatchTally) -> Void, compared: Int = 3, hasTop: Bool = true
    ) -> [String: Bool] {
        var scenario = Scenario(duration: .seconds(1))
        scenario.watchers.count = 2
        var tally = WatchTally()
        tally.news = 4
        body(&scenario, &tally)
        let seen = TopRecord.Findings(
            differences: Differences(), compared: compared, pagesCompared: 0, skew: Distribution())
        let proofs = WatchProofs.proofs(scenario, tally, seen, converged: Differences(), hasTop: hasTop)
        return Dictionary(uniqueKeysWithValues: proofs.map { ($0.name, $0.holds) })
    }

    @Test(
        "if nothing changed, nothing is proved of changes, which fails; a run without updates claims nothing of them"
    )
    func vacuous() {
        #expect(proofs { _, _ in } == ["converged": true, "versions": true, "states": true])
        #expect(proofs { $1.news = 0 } == ["converged": false, "versions": false, "states": false])
        #expect(proofs({ _, _ in }, compared: 0) == ["converged": true, "versions": true, "states": false])
        let watchingOnly = { (scenario: inout Scenario, tally: inout WatchTally) in
            (scenario.updates.rate, tally.news) = (0, 0)
        }
        #expect(proofs(watchingOnly) == ["converged": true, "states": true])
        #expect(proofs(watchingOnly, hasTop: false) == ["converged": false, "states": true])
    }

    // MARK: All watchers

    @Test("one version that is two tops is a difference, whichever watcher sees it")
    func twoTops() {
        var record = TopRecord(watchers: 2)
        record.see(state(1, scores: 9, 5), by: "a", news: nil)
        record.see(state(1, scores: 9, 5), by: "b", news: nil)
        record.see(state(1, epoch: "e2", scores: 7), by: "a", news: nil)
        var same = record
        let found = same.finish()
        #expect(found.differences.count == 0 && found.compared == 1)
        record.see(state(1, scores: 9, 6), by: "c", news: nil)
        #expect(record.finish().differences.count == 1)
    }

    @Test("reads over HTTP can have more entries, and no other ones")
    func pages() {
        var record = TopRecord(watchers: 1)
        record.see(state(1, scores: 9, 5), by: "a", news: nil)
        record.read(epoch: "e1", version: 1, entries: state(1, scores: 9, 5, 3).entries)
        record.read(epoch: "e1", version: 2, entries: [])
        let found = record.finish()
        #expect(found.differences.count == 0 && found.pagesCompared == 1)
        record.see(state(3, scores: 9, 5), by: "a", news: nil)
        record.read(epoch: "e1", version: 3, entries: state(3, scores: 9).entries)
        #expect(record.finish().differences.count == 1)
    }

    @Test("the skew is that of versions that all watchers got as news, however many there are")
    func skew() {
        var record = TopRecord(watchers: 2)
        for version in Int64(1)...10_000 {
            record.see(state(version), by: "a", news: version * 1000)
            if version.isMultiple(of: 2) { record.see(state(version), by: "b", news: version * 1000 + 70) }
        }
        let found = record.finish()
        #expect(found.differences.count == 0)
        #expect(found.skew.count == 5000 && found.skew.percentile(0) == 70 && found.skew.percentile(1) == 70)
    }

    // MARK: Convergence

    private func watcher(_ shown: ScoreboardState?) -> WatcherState {
        var watcher = WatcherState(name: "watcher")
        var tally = WatchTally()
        if let shown { watcher.show(shown, &tally) }
        return watcher
    }

    private func disagreeing(_ watchers: [WatcherState], before: [WatcherState] = [], limit: Int = 10) -> Int {
        Convergence.differences(of: watchers, before: before, from: top(9, 9, 5, 3), limit: limit).count
    }

    private func top(_ version: Int64, _ scores: Int64...) -> Convergence.Top {
        var entries: [ScoreboardEntry] = []
        for (place, score) in scores.enumerated() {
            entries.append(ScoreboardEntry(rank: Int64(place) + 1, userID: "u\(place)", score: score))
        }
        return Convergence.Top(epoch: "e1", version: version, entries: entries)
    }

    @Test("all watchers that show the top of the board have converged; a board may show fewer entries to all")
    func converged() {
        #expect(disagreeing([watcher(state(9, scores: 9, 5, 3)), watcher(state(8, scores: 9, 5, 3))]) == 0)
        #expect(disagreeing([watcher(state(9, scores: 9, 5)), watcher(state(9, scores: 9, 5))], limit: 2) == 0)
        #expect(Convergence.differences(of: [watcher(state(0))], from: top(0), limit: 10).count == 0)
    }

    @Test(
        "while others change the board, a newer top than the one that was read is right, unless it was there before"
    )
    func ahead() {
        let (older, newer) = (watcher(state(9, scores: 9, 5, 3)), watcher(state(10, scores: 12, 9, 5)))
        #expect(disagreeing([newer, older], before: [older, older]) == 0)
        #expect(disagreeing([newer, older], before: [newer, older]) == 1)
        #expect(disagreeing([watcher(state(8, scores: 9, 4))], before: [older]) == 1)
    }

    @Test("a watcher that shows another top, another epoch, fewer entries than others, or nothing has not")
    func notConverged() {
        let right = watcher(state(9, scores: 9, 5, 3))
        #expect(disagreeing([right, watcher(state(9, scores: 9, 5, 2))]) == 1)
        #expect(disagreeing([right, watcher(state(9, epoch: "e0", scores: 9, 5, 3))]) == 1)
        #expect(disagreeing([right, watcher(state(9, scores: 9, 5))]) == 1)
        #expect(disagreeing([right, watcher(nil)]) == 1)
        #expect(disagreeing([watcher(state(9))]) == 1)
        #expect(disagreeing([right], limit: 2) == 1)
    }
}
