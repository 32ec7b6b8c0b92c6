import NIOCore
import ScorecastClient
import Synchronization

/// The watchers of a run, on a few event loops: each follows the board through the client library, like an app.
final class Watchers: Sendable {
    /// One watcher.
    private final class Watcher: Sendable {
        let state: Mutex<WatcherState>
        /// Shared by the watchers of an event loop.
        let tally: SharedTally

        init(name: String, tally: SharedTally) {
            state = Mutex(WatcherState(name: name))
            self.tally = tally
        }
    }

    private final class SharedTally: Sendable {
        let value = Mutex(WatchTally())
    }

    private let settings: Scenario.Watchers
    private let board: String
    private let urls: [String]
    private let clock: RunClock
    private let members = Mutex<[(watcher: Watcher, follower: ScoreboardFollower)]>([])
    private let ended = Atomic(0)
    private let loops: [(loop: any EventLoop, tally: SharedTally)]

    /// The record of all versions.
    let record: Mutex<TopRecord>

    init(_ scenario: Scenario, urls: [String], clock: RunClock, group: any EventLoopGroup) {
        settings = scenario.watchers
        board = scenario.board
        self.urls = urls
        self.clock = clock
        loops = group.makeIterator().map { ($0, SharedTally()) }
        record = Mutex(TopRecord(watchers: scenario.watchers.count))
    }

    // MARK: Coming and going

    /// Lets them connect at the pace of the scenario, and waits until all show a top.
    ///
    /// - Returns: the number that do when the time is over.
    func open(within time: Duration) async throws -> Int {
        let start = ContinuousClock.now
        for number in 0..<settings.count {
            let due = start + .seconds(Double(number) / settings.arrivals)
            if due > .now { try await Task.sleep(until: due, tolerance: .zero) }
            if clock.isInterrupted { break }
            try open(number)
        }
        let deadline = ContinuousClock.now + time
        while showing < settings.count, ContinuousClock.now < deadline, !clock.isInterrupted {
            try await Task.sleep(for: .milliseconds(20))
        }
        return showing
    }

    private func open(_ number: Int) throws {
        var configuration = ScoreboardConfiguration(url: urls[number % urls.count])
        configuration.board = board
        configuration.limit = settings.limit
        configuration.mode = mode(number)
        let (loop, tally) = loops[number % loops.count]
        let name = "watcher \(number) (\(configuration.mode.rawValue))"
        let watcher = Watcher(name: name, tally: tally)
        let follower = try ScoreboardFollower(configuration, on: loop) { [weak self] event in
            self?.take(event, of: watcher, name)
        }
        members.withLock { $0.append((watcher, follower)) }
        follower.start()
    }

    private func mode(_ number: Int) -> ScoreboardConfiguration.Mode {
        switch settings.mode {
        case .full: .full
        case .delta: .delta
        // The modes alternate independently of the nodes, so that each node has watchers of both modes.
        case .mixed: (number / urls.count).isMultiple(of: 2) ? .full : .delta
        }
    }

    /// Ends all connections in order; five seconds at most.
    func stop() async {
        let all = members.withLock { $0 }
        for member in all { member.follower.stop() }
        let deadline = ContinuousClock.now + .seconds(5)
        while ended.load(ordering: .relaxed) < all.count, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
        members.withLock { $0 = [] }
    }

    private func take(_ event: ScoreboardEvent, of watcher: Watcher, _ name: String) {
        let time = clock.timeOfTraffic
        switch event {
        case .opened: count(watcher) { $0.opened(&$1, at: time) }
        case .arrived(let arrival): count(watcher) { $0.arrived(arrival, &$1, at: time) }
        case .changed(let state):
            let news = count(watcher) { seen, tally in
                seen.show(state, &tally)
                return seen.news
            }
            record.withLock { $0.see(state, by: name, news: news) }
        case .stale: watcher.tally.value.withLock { $0.stales += 1 }
        case .current: watcher.tally.value.withLock { $0.currents += 1 }
        case .play: break
        case .complaint(let code, _): watcher.tally.value.withLock { $0.losses.add("told \(code)") }
        case .lost(let loss, _): watcher.tally.value.withLock { $0.losses.add(Self.name(loss)) }
        case .ended(let error):
            if let error {
                watcher.state.withLock { $0.end("\(error)") }
                watcher.tally.value.withLock { $0.losses.add("ended \(error.kind.rawValue)") }
            }
            ended.add(1, ordering: .relaxed)
        }
    }

    @discardableResult
    private func count<Result: Sendable>(
        _ watcher: Watcher, _ body: (inout WatcherState, inout WatchTally) -> Result
    ) -> Result {
        watcher.state.withLock { state in
            watcher.tally.value.withLock { tally in body(&state, &tally) }
        }
    }

    private static func name(_ loss: ScoreboardLoss) -> String {
        switch loss {
        case .closed(let code, _): "closed \(code.map { "\($0)" } ?? "without a code")"
        case .refused(let refusal): "refused \(refusal.status) \(refusal.code ?? "without a code")"
        case .unreachable(let words): "unreachable: \(ConnectionTrouble.name(words))"
        default: loss.name
        }
    }

    // MARK: States

    /// A page was read over HTTP.
    func read(_ page: NodeClient.Page) {
        record.withLock { $0.read(epoch: page.epoch, version: page.version, entries: page.entries) }
    }

    /// The board has this top: a watcher that shows an older one should get it.
    func expect(_ page: NodeClient.Page) {
        let (now, time) = (ContinuousClock.now, clock.timeOfTraffic)
        for (watcher, _) in members.withLock({ $0 }) {
            count(watcher) { $0.expect(page.epoch, page.version, at: now, &$1, inTraffic: time) }
        }
    }

    /// The number that show a top.
    var showing: Int { states.count { $0.shown != nil } }

    /// Whether any of them shows an entry.
    var hasTop: Bool { states.contains { !($0.shown?.entries.isEmpty ?? true) } }

    /// The state of each watcher.
    var states: [WatcherState] {
        members.withLock { $0.map(\.watcher) }.map { $0.state.withLock { $0 } }
    }

    /// The sums of all watchers.
    var tally: WatchTally {
        var sum = WatchTally()
        for (_, tally) in loops { sum.add(tally.value.withLock { $0 }) }
        return sum
    }

    /// The course of the run.
    var series: TimeSeries<WatchBucket> {
        var sum = TimeSeries<WatchBucket>()
        for (_, tally) in loops { sum.add(tally.value.withLock { $0.series }) }
        return sum
    }

    /// The watchers that do not show this top.
    ///
    /// - Parameter before: the states before the top was asked for.
    func differences(from page: NodeClient.Page, before: [WatcherState]) -> Differences {
        Convergence.differences(
            of: states, before: before,
            from: Convergence.Top(epoch: page.epoch, version: page.version, entries: page.entries),
            limit: settings.limit)
    }
}
