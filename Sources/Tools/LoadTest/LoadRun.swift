import Basics
import Foundation
import NIOCore
import Synchronization

/// A load test that is ready to begin: the traffic, the time after it, and the report.
struct LoadRun: Sendable {
    let scenario: Scenario
    /// The beginning of the users' names.
    let prefix: String
    let nodes: [String]
    let watchNodes: [String]
    let clock: RunClock
    let writers: Writers
    let watchers: Watchers
    let settling: Settling
    let note: @Sendable (String) -> Void

    /// Runs it, and closes all connections.
    func measure() async throws -> LoadReport {
        do {
            try await open()
            let startedAt = WallClock.milliseconds()
            let before = ProcessorTime.used
            await send()
            let report = await settle(startedAt: startedAt, used: ProcessorTime.used - before)
            await watchers.stop()
            return report
        } catch {
            await watchers.stop()
            throw error
        }
    }

    /// Lets the watchers connect, and waits until they show a top.
    private func open() async throws {
        let count = scenario.watchers.count
        guard count > 0 else { return }
        note("\(count) watchers come, \(Figure.plain(scenario.watchers.arrivals)) a second")
        let showing = try await watchers.open(within: max(scenario.settle, .seconds(10)))
        if showing < count { note("\(count - showing) of \(count) watchers show no top yet; the traffic begins") }
    }

    /// The traffic.
    private func send() async {
        let start = clock.begin()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await Progress(writers: writers, watchers: watchers, clock: clock, note: note).run() }
            if scenario.watchers.count > 0 { group.addTask { await readTops() } }
            await writers.run(from: start)
            while !clock.isOver(for: .zero) { try? await Task.sleep(for: .milliseconds(20)) }
            group.cancelAll()
        }
    }

    /// Reads the top over HTTP each second, to compare it with the watchers, until it is cancelled.
    private func readTops() async {
        var turn = 0
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            turn += 1
            // If the top cannot be read, there is one comparison less; the report says how many there were.
            guard let page = try? await settling.top(turn) else { continue }
            watchers.read(page)
            watchers.expect(page)
        }
    }

    // MARK: After the traffic

    private func settle(startedAt: Int64, used: Duration) async -> LoadReport {
        clock.beginSettling()
        note("The traffic is over; everything has \(Figure.plain(clock.settle / .seconds(1))) s to agree")
        var proofs: [Proof] = []
        var converge: (differences: Differences, time: Duration?)?
        if scenario.watchers.count > 0 { converge = await settling.convergence(of: watchers, until: clock) }
        let updates = writers.tally.withLock { $0 }
        if scenario.updates.rate > 0 {
            let oracle = writers.oracle.withLock { $0 }
            let (differences, read) = await settling.scores(oracle, until: clock)
            proofs += oracle.proofs(scores: differences, tally: updates, read: read)
        }
        let watching = watchers.tally
        let seen = watchers.record.withLock { $0.finish() }
        if let converge {
            proofs += WatchProofs.proofs(
                scenario, watching, seen, converged: converge.differences, hasTop: watchers.hasTop)
        }
        var run = LoadReport.Run(
            scenario: scenario, prefix: prefix, nodes: nodes, watchNodes: watchNodes, startedAt: startedAt,
            trafficTime: clock.trafficTime, isInterrupted: clock.isInterrupted)
        run.clocks = settling.client.clocks.difference
        run.cores = System.coreCount
        if clock.trafficTime > .zero { run.coresBusy = used / clock.trafficTime }
        var report = LoadReport(
            run: run, updates: updates, watching: watching, skew: seen.skew, converge: converge?.time, proofs: proofs)
        report.timeline = Timeline(writers.series.withLock { $0 }, watchers.series)
        return report
    }
}
