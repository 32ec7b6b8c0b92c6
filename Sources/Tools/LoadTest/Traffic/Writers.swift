import Basics
import Synchronization

/// Sends the requests of a plan, each when it is due, over as many connections as the scenario has.
///
/// The loop is open: the next request does not wait for answers, until every connection has a request in progress. Then
/// the next ones go out late, which is counted, and their latency still counts from the time when they were due. An
/// update whose outcome is not known is sent again with the same action id, which is safe, until it is known.
final class Writers: Sendable {
    /// A user that scores.
    struct Player: Sendable {
        var name: String
        var token: String
    }

    private let plan: RequestPlan
    private let updates: Scenario.Updates
    private let client: NodeClient
    private let clock: RunClock
    private let credentials: LoadCredentials
    private let players: [Player]
    private let next = Atomic(0)

    /// The answers to clients.
    let oracle: Mutex<Oracle>
    /// The outcomes of the requests.
    let tally = Mutex(UpdateTally())
    /// The same, by time.
    let series = Mutex(TimeSeries<UpdateBucket>())

    init(
        _ scenario: Scenario, client: NodeClient, clock: RunClock, credentials: LoadCredentials, players: [Player],
        oracle: Oracle
    ) {
        plan = RequestPlan(scenario)
        updates = scenario.updates
        self.client = client
        self.clock = clock
        self.credentials = credentials
        self.players = players
        self.oracle = Mutex(oracle)
    }

    /// Sends one update to a node before the traffic, to see that the node knows the action and takes these tokens and
    /// action ids.
    ///
    /// - Throws: ``LoadError`` if it does not, or does not answer for ten seconds.
    func prove(_ node: Int) async throws {
        let user = node % players.count
        guard let id = newActionID(user) else { throw LoadError("No action id can be made for \(updates.action).") }
        let deadline = ContinuousClock.now + .seconds(10)
        var attempts = 0
        while true {
            let outcome = await client.update(node, as: players[user], actionID: id)
            attempts += 1
            switch outcome {
            case .accepted(let receipt):
                let accepted = Oracle.Accepted(user: user, actionID: id, receipt: receipt, at: .zero)
                return oracle.withLock { $0.accept(accepted, mayBeReplay: attempts > 1) }
            // Nodes follow the catalogue within half a second.
            case .refused(404, _), .unknown:
                if ContinuousClock.now > deadline {
                    let hint = Hint.beforeTraffic(outcome.text, clocks: client.clocks.difference)
                    throw LoadError("\(client.url(node)): \(outcome.text). \(hint)")
                }
            case .refused:
                let hint = Hint.beforeTraffic(outcome.text, clocks: client.clocks.difference)
                throw LoadError("\(client.url(node)) refuses updates: \(outcome.text). \(hint)")
            }
            try await Task.sleep(for: RetryWait.backoff.wait(failures: min(attempts, 3)))
        }
    }

    /// Sends all requests, and returns when every outcome is known, or the time to ask for it is over.
    func run(from start: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(updates.connections, plan.count) { group.addTask { await self.work(from: start) } }
        }
        let due = min(plan.count, Int((clock.trafficTime / .seconds(1) * updates.rate).rounded(.up)))
        tally.withLock { $0.unsent = max(due - $0.sent, 0) }
    }

    /// The requests of one connection.
    private func work(from start: ContinuousClock.Instant) async {
        // A request that was due right before the end may go out right after it.
        while !clock.isOver(for: .milliseconds(250)) {
            let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard number < plan.count else { return }
            let request = plan.request(number)
            let due = start + request.due
            guard await wait(until: due) else { return }
            let lateness = ContinuousClock.now - due
            tally.withLock { tally in
                tally.sent += 1
                tally.inFlight += 1
                if lateness > UpdateTally.lateAfter {
                    tally.late += 1
                    if tally.inFlight >= updates.connections { tally.lateForConnections += 1 }
                }
                tally.latenessMax = max(tally.latenessMax, lateness.microseconds)
                if request.kind == .replay { tally.replaysSent += 1 }
                if request.kind == .invalid { tally.invalidSent += 1 }
            }
            record { $0.sent += 1 }
            await send(request, due: due)
            tally.withLock { $0.inFlight -= 1 }
        }
    }

    /// Waits in slices, so that the end of the traffic is noticed.
    ///
    /// - Returns: false if the traffic ended before.
    private func wait(until due: ContinuousClock.Instant) async -> Bool {
        while true {
            let left = due - .now
            if left <= .zero { return true }
            if clock.isOver(for: .zero) { return false }
            try? await Task.sleep(for: min(left, .milliseconds(100)), tolerance: .zero)
            if Task.isCancelled { return false }
        }
    }

    private func send(_ request: RequestPlan.Request, due: ContinuousClock.Instant) async {
        switch request.kind {
        case .fresh: await sendFresh(request, due: due)
        case .replay:
            let now = clock.elapsed
            if let first = oracle.withLock({ $0.earlier(draw: request.draw, at: now) }) {
                await sendReplay(first, request, due: due)
            } else {
                await sendFresh(request, due: due)
            }
        case .invalid: await sendInvalid(request)
        }
    }

    // MARK: Kinds

    private func sendFresh(_ request: RequestPlan.Request, due: ContinuousClock.Instant) async {
        guard let id = newActionID(request.user) else { return }
        let (outcome, attempts) = await deliver(id, user: request.user, turn: request.number)
        if case .accepted(let receipt) = outcome {
            let accepted = Oracle.Accepted(user: request.user, actionID: id, receipt: receipt, at: clock.elapsed)
            oracle.withLock { $0.accept(accepted, mayBeReplay: attempts > 1) }
            let isInTraffic = !clock.isOver(for: .zero)
            tally.withLock { tally in
                tally.accepted += 1
                if isInTraffic { tally.acceptedInTraffic += 1 }
            }
            record { $0.accepted += 1 }
        } else if case .unknown = outcome {
            oracle.withLock { $0.leaveUnknown(user: request.user) }
        }
        settle(outcome, due: due)
    }

    private func sendReplay(
        _ first: Oracle.Accepted, _ request: RequestPlan.Request, due: ContinuousClock.Instant
    ) async {
        let (outcome, _) = await deliver(first.actionID, user: first.user, turn: request.number)
        switch outcome {
        case .accepted(let receipt): oracle.withLock { $0.replay(first, receipt) }
        // A limit of the node or of the address; it does not mean that there is no receipt.
        case .refused(429, _): break
        case .refused(let status, let code): oracle.withLock { $0.replayRefused(first, "\(status) \(code)") }
        case .unknown: break
        }
        settle(outcome, due: due)
    }

    private func sendInvalid(_ request: RequestPlan.Request) async {
        guard let id = newActionID(request.user).map(Self.tampered) else { return }
        switch await attempt(id, user: request.user, turn: request.number, isTampered: true) {
        case .refused(403, "suspicious_activity"): oracle.withLock { $0.refuse() }
        case .refused(429, _), .unknown: break
        case .refused(let status, let code): oracle.withLock { $0.notRefused(id, "\(status) \(code)") }
        case .accepted: oracle.withLock { $0.notRefused(id, "200") }
        }
    }

    /// The same action id with another first letter of its signature.
    static func tampered(_ id: String) -> String {
        guard let dot = id.lastIndex(of: ".") else { return id }
        let place = id.index(after: dot)
        guard place < id.endIndex else { return id }
        return id[..<place] + (id[place] == "A" ? "B" : "A") + id[id.index(after: place)...]
    }

    private func newActionID(_ user: Int) -> String? {
        do {
            return try credentials.actionID(players[user].name, updates.action, nil)
        } catch {
            fail("no action id")
            tally.withLock { $0.refused += 1 }
            return nil
        }
    }

    // MARK: Counting

    private func fail(_ name: String) {
        tally.withLock { $0.errors.add(name) }
        record { $0.failed.add(name) }
    }

    private func record(_ count: (inout UpdateBucket) -> Void) {
        guard let time = clock.timeOfTraffic else { return }
        series.withLock { $0.at(time, count) }
    }

    // MARK: Delivery

    /// Sends an update until its outcome is known, or the time for it is over and each node was asked.
    private func deliver(_ id: String, user: Int, turn: Int) async -> (NodeClient.Outcome, attempts: Int) {
        var attempts = 0
        var wasUnknown = false
        let start = ContinuousClock.now
        while true {
            let outcome = await attempt(id, user: user, turn: turn + attempts)
            attempts += 1
            switch outcome {
            case .accepted: return (outcome, attempts)
            // After an unknown outcome, a refusal may have overtaken the previous attempt.
            case .refused where !wasUnknown: return (outcome, attempts)
            case .refused, .unknown: break
            }
            wasUnknown = true
            let now = ContinuousClock.now
            let wait = RetryWait.wait(
                afterAttempt: attempts, of: client.urls.count, asked: now - start, left: clock.retryDeadline - now,
                draw: .random(in: 0...1))
            guard let wait, !Task.isCancelled else { return (.unknown("no outcome"), attempts) }
            tally.withLock { $0.retries += 1 }
            try? await Task.sleep(for: wait)
        }
    }

    /// Sends it once, and counts failures.
    private func attempt(_ id: String, user: Int, turn: Int, isTampered: Bool = false) async -> NodeClient.Outcome {
        let outcome = await client.update(turn, as: players[user], actionID: id)
        switch outcome {
        case .accepted: break
        case .refused(403, _) where isTampered: break
        case .refused, .unknown: fail(outcome.text)
        }
        return outcome
    }

    private func settle(_ outcome: NodeClient.Outcome, due: ContinuousClock.Instant) {
        let latency = (ContinuousClock.now - due).microseconds
        tally.withLock { tally in
            switch outcome {
            case .accepted: tally.latency.record(latency)
            case .refused: tally.refused += 1
            case .unknown: tally.unknown += 1
            }
        }
        if case .accepted = outcome { record { $0.latency.record(latency) } }
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { Int64(self / .microseconds(1)) }
}
