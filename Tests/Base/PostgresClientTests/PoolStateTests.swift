import PostgresClient
import Testing

/// The pool's decisions, one by one. The tests pass the time in.
@Suite struct PoolStateTests {
    private typealias State = PoolState<String>
    private let start = ContinuousClock.now

    private func state(size: Int = 2, maxWaiting: Int = 3) -> State {
        State(size: size, maxWaiting: maxWaiting, acquireTimeout: .seconds(2))
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// The order that a worker gets, as text.
    private func order(_ state: inout State, _ worker: Int, _ seconds: Double = 0) -> String {
        switch state.next(worker: worker, now: at(seconds)) {
        case .run(let waiter): "run \(waiter.job)"
        case .connect: "connect"
        case .wait(let end): end.map { "wait until \((start.duration(to: $0)) / .seconds(1))" } ?? "wait"
        case .stop: "stop"
        }
    }

    @Test("The first body opens the first connection")
    func theFirstBodyOpensTheFirstConnection() {
        var state = state()
        #expect(order(&state, 0) == "wait")
        #expect(state.submit(id: 1, "a", now: start) == .accepted(wake: 0, wakeKeeper: true))
        #expect(order(&state, 0) == "connect")
        #expect(order(&state, 1) == "wait")
        state.connected(worker: 0)
        #expect(order(&state, 0) == "run a")
        state.finished(worker: 0)
        #expect(order(&state, 0) == "wait")
    }

    @Test("The worker that ran last is taken first")
    func theWorkerThatRanLastIsTakenFirst() {
        var state = connected(workers: 3)
        for worker in [2, 0, 1] {
            state.finished(worker: worker)
        }
        #expect(state.submit(id: 1, "a", now: start) == .accepted(wake: 1, wakeKeeper: false))
        #expect(state.submit(id: 2, "b", now: start) == .accepted(wake: 0, wakeKeeper: false))
    }

    /// A state in which all workers are connected and busy.
    private func connected(workers: Int) -> State {
        var state = State(size: workers, maxWaiting: 10, acquireTimeout: .seconds(2))
        for worker in 0..<workers {
            _ = state.submit(id: UInt64(1000 + worker), "first", now: start)
            state.connected(worker: worker)
            #expect(order(&state, worker) == "run first")
        }
        #expect(state.expire(now: start).next == nil)
        return state
    }

    @Test("Bodies run in the order they came")
    func bodiesRunInTheOrderTheyCame() {
        var state = connected(workers: 1)
        #expect(state.submit(id: 1, "a", now: start) == .accepted(wake: nil, wakeKeeper: true))
        #expect(state.submit(id: 2, "b", now: start) == .accepted(wake: nil, wakeKeeper: false))
        state.finished(worker: 0)
        #expect(order(&state, 0) == "run a")
        #expect(order(&state, 0) == "run b")
        #expect(order(&state, 0) == "wait")
    }

    @Test("The queue is bounded, and who gives up frees a place")
    func theQueueIsBounded() {
        var state = state(size: 1, maxWaiting: 2)
        _ = state.submit(id: 1, "a", now: start)
        _ = state.submit(id: 2, "b", now: start)
        #expect(state.submit(id: 3, "c", now: start) == .overloaded)
        #expect(state.cancel(id: 1)?.job == "a")
        #expect(state.cancel(id: 1) == nil)
        #expect(state.submit(id: 4, "d", now: start) != .overloaded)
        #expect(state.waiting.map(\.job) == ["b", "d"])
    }

    @Test("Waits end at their deadline")
    func waitsEndAtTheirDeadline() {
        var state = connected(workers: 1)
        _ = state.submit(id: 1, "a", now: at(0))
        _ = state.submit(id: 2, "b", now: at(1))
        #expect(state.expire(now: at(1.9)).expired.isEmpty)
        let look = state.expire(now: at(2))
        #expect(look.expired.map(\.job) == ["a"])
        #expect(look.next == at(3))
        #expect(state.expire(now: at(3)).expired.map(\.job) == ["b"])
        #expect(state.expire(now: at(4)).next == nil)
        // If the queue is empty, the keeper sleeps without a deadline, so the next submit has to wake it.
        #expect(state.submit(id: 3, "c", now: at(5)) == .accepted(wake: nil, wakeKeeper: true))
    }

    @Test("A worker without a connection rests before it tries again")
    func aWorkerWithoutConnectionRestsBeforeItTriesAgain() {
        var state = state(size: 1)
        _ = state.submit(id: 1, "a", now: start)
        #expect(order(&state, 0) == "connect")
        _ = state.connectFailed(worker: 0, reason: "refused", retryAt: at(1))
        #expect(state.lastConnectFailure == "refused")
        #expect(!state.isConnected)
        #expect(order(&state, 0, 0.5) == "wait until 1.0")
        #expect(order(&state, 0, 1) == "connect")
        state.connected(worker: 0)
        #expect(state.lastConnectFailure == nil)
        #expect(order(&state, 0, 1) == "run a")
    }

    @Test("Nobody connects for nobody")
    func nobodyConnectsForNobody() {
        var state = state(size: 1)
        _ = state.submit(id: 1, "a", now: start)
        _ = state.connectFailed(worker: 0, reason: "refused", retryAt: at(1))
        _ = state.cancel(id: 1)
        #expect(order(&state, 0, 2) == "wait")
        #expect(state.workers == [.cold])
    }

    @Test("A lost connection passes its body on")
    func aLostConnectionPassesItsBodyOn() {
        var state = connected(workers: 2)
        state.finished(worker: 0)
        state.finished(worker: 1)
        #expect(state.submit(id: 1, "a", now: start) == .accepted(wake: 1, wakeKeeper: false))
        let whom = state.lost(worker: 1, retryAt: at(1))
        #expect(whom.worker == 0)
        #expect(order(&state, 0) == "run a")
        #expect(order(&state, 1) == "wait until 1.0")
        let none = state.lost(worker: 0, retryAt: at(1))
        #expect(none.worker == nil)
    }

    @Test("Closing ends everything")
    func closingEndsEverything() {
        var state = connected(workers: 2)
        _ = state.submit(id: 1, "a", now: start)
        #expect(state.close().map(\.job) == ["a"])
        #expect(state.submit(id: 2, "b", now: start) == .closed)
        #expect(order(&state, 0) == "stop")
        #expect(!state.isStopped)
        #expect(order(&state, 1) == "stop")
        #expect(state.isStopped)
    }

    @Test("A worker: state, event, order, next state")
    func workers() {
        typealias Event = (inout State) -> String
        let ask: Event = { self.order(&$0, 0, 0.5) }
        let askLater: Event = { self.order(&$0, 0, 1) }
        func event(_ change: @escaping (inout State) -> Void) -> Event {
            {
                change(&$0)
                return ""
            }
        }
        let submit = event { _ = $0.submit(id: 7, "b", now: self.start) }
        let opened = event { $0.connected(worker: 0) }
        let ended = event { $0.finished(worker: 0) }
        let lost = event { _ = $0.lost(worker: 0, retryAt: self.at(1)) }
        let closed: Event = {
            _ = $0.close()
            return self.order(&$0, 0)
        }
        let resting = State.Worker.resting(until: at(1))
        let ways: [(state: State.Worker, steps: [Event])] = [
            (.cold, []), (.connecting, [submit]), (resting, [submit, lost]), (.woken, [submit, opened]),
            (.busy, [submit, opened, ask]), (.idle, [submit, opened, ask, ended]),
        ]
        let rows: [(from: State.Worker, name: String, event: Event, order: String, to: State.Worker)] = [
            (.cold, "ask", ask, "wait", .cold), (.cold, "submit", submit, "", .connecting),
            (.connecting, "ask", ask, "connect", .connecting), (.connecting, "opened", opened, "", .woken),
            (.connecting, "lost", lost, "", resting),
            (resting, "ask", ask, "wait until 1.0", resting), (resting, "ask later", askLater, "connect", .connecting),
            (.woken, "ask", ask, "run b", .busy), (.woken, "lost", lost, "", resting),
            (.busy, "ask", ask, "wait", .idle), (.busy, "ended", ended, "", .idle), (.busy, "lost", lost, "", resting),
            (.idle, "ask", ask, "wait", .idle), (.idle, "submit", submit, "", .woken),
            (.idle, "lost", lost, "", resting),
            (.cold, "close", closed, "stop", .stopped), (.connecting, "close", closed, "stop", .stopped),
            (resting, "close", closed, "stop", .stopped), (.idle, "close", closed, "stop", .stopped),
            (.busy, "close", closed, "stop", .stopped),
        ]
        for (from, name, event, order, to) in rows {
            var state = state(size: 1)
            for step in ways.first(where: { $0.state == from })?.steps ?? [] { _ = step(&state) }
            #expect(state.workers == [from])
            #expect(event(&state) == order, "\(from), \(name)")
            #expect(state.workers == [to], "\(from), \(name)")
        }
    }
}
