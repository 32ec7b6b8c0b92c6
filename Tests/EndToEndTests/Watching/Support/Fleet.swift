import NIOCore
import NIOPosix
import ScorecastClient
import Synchronization
import TestSupport
import Testing

/// Many clients that behave like apps, on a few event loops: the state that they show, the messages that they got, and
/// all violations of the protocol.
final class Fleet: Sendable {
    /// The facts that all clients share.
    struct Log: Sendable {
        /// The times at which handshakes were finished.
        var openings: [ContinuousClock.Instant] = []
        /// The first messages on connections that asked to resume a state: `delta`, `snapshot`.
        var resumptions: [ScoreboardArrival.Kind: Int] = [:]
        var losses: [String: Int] = [:]
        var faults: [String] = []

        mutating func fault(_ text: String) { if faults.count < 100 { faults.append(text) } }
    }

    /// The state that one client shows.
    struct Client: Sendable {
        var shown: ScoreboardState?
        var openings = 0
        var isOpen = false
        /// The last message on this connection.
        fileprivate var last: (epoch: String, version: Int64)?
        fileprivate var resumes = false
    }

    private typealias Record = Mutex<Client>
    private final class Box: Sendable {
        let client = Record(Client())
    }

    let table = TopTable()
    private let group: MultiThreadedEventLoopGroup
    private let shared = Mutex(Log())
    private let members = Mutex<[(follower: ScoreboardFollower, box: Box)]>([])

    private init(threads: Int) { group = MultiThreadedEventLoopGroup(numberOfThreads: threads) }

    /// Runs a test with a fleet, and ends its connections afterwards.
    static func run<Result>(
        threads: Int = 1, isolation: isolated (any Actor)? = #isolation, _ body: (Fleet) async throws -> Result
    ) async throws -> Result {
        let fleet = Fleet(threads: threads)
        do {
            let result = try await body(fleet)
            await fleet.stop()
            return result
        } catch {
            await fleet.stop()
            throw error
        }
    }

    private func stop() async {
        let count = count
        // Release them here, while their event loops still run.
        for member in members.withLock({ $0 }) { member.follower.stop() }
        members.withLock { $0 = [] }
        try? await eventually("all connections are closed", timeout: .seconds(5)) {
            shared.withLock { $0.losses["ended", default: 0] } >= count
        }
        try? await group.shutdownGracefully()
    }

    // MARK: Clients

    /// Opens `count` more connections, a few at a time, and waits until all of them show a top.
    func open(
        _ count: Int, port: Int, atOnce: Int = 200,
        mode: (Int) -> ScoreboardConfiguration.Mode = { $0.isMultiple(of: 2) ? .full : .delta }
    ) async throws {
        var first = self.count
        let end = first + count
        while first < end {
            let next = min(first + atOnce, end)
            for number in first..<next { try open(number, port: port, mode: mode(number)) }
            first = next
            try await eventually("\(next) clients have a top", timeout: .seconds(30), every: .milliseconds(10)) {
                members.withLock {
                    $0.suffix(next - $0.startIndex).allSatisfy { $0.box.client.withLock { $0.shown != nil } }
                }
            }
        }
    }

    private func open(_ number: Int, port: Int, mode: ScoreboardConfiguration.Mode) throws {
        var configuration = ScoreboardConfiguration(url: "ws://127.0.0.1:\(port)")
        configuration.mode = mode
        let box = Box()
        let follower = try ScoreboardFollower(configuration, on: group.next()) { [weak self] event in
            self?.take(event, of: number, box)
        }
        members.withLock { $0.append((follower, box)) }
        follower.start()
    }

    private func take(_ event: ScoreboardEvent, of number: Int, _ box: Box) {
        switch event {
        case .opened(let resuming):
            box.client.withLock {
                $0.openings += 1
                $0.isOpen = true
                $0.last = nil
                $0.resumes = resuming
            }
            shared.withLock { $0.openings.append(.now) }
        case .arrived(let arrival): arrived(arrival, at: number, box)
        case .changed(let state):
            if let fault = table.fault(state) { shared.withLock { $0.fault("client \(number): \(fault)") } }
            box.client.withLock { $0.shown = state }
        case .stale, .current, .play: break
        case .complaint(let code, _): shared.withLock { $0.fault("client \(number) was told \(code)") }
        case .lost(let loss, _):
            box.client.withLock { $0.isOpen = false }
            shared.withLock { $0.losses[Self.name(loss), default: 0] += 1 }
        case .ended(let error):
            shared.withLock { log in
                log.losses["ended", default: 0] += 1
                if let error { log.fault("client \(number) ended: \(error)") }
            }
        }
    }

    private func arrived(_ arrival: ScoreboardArrival, at number: Int, _ box: Box) {
        let (last, isAnswer) = box.client.withLock { client in
            defer {
                client.last = (arrival.epoch, arrival.version)
                client.resumes = false
            }
            return (client.last, client.resumes)
        }
        shared.withLock { log in
            if let last, last.epoch == arrival.epoch, arrival.version <= last.version {
                log.fault("client \(number) got version \(arrival.version) after \(last.version)")
            }
            if arrival.outcome == .misfit { log.fault("client \(number) got a delta that does not fit") }
            if isAnswer { log.resumptions[arrival.kind, default: 0] += 1 }
        }
    }

    private static func name(_ loss: ScoreboardLoss) -> String {
        if case .closed(let code, _) = loss { return "closed \(code.map { "\($0)" } ?? "without a code")" }
        return loss.name
    }

    // MARK: State of the clients

    /// The number of clients.
    var count: Int { members.withLock { $0.count } }

    /// The state that all clients show now.
    var clients: [Client] { members.withLock { $0.map(\.box) }.map { $0.client.withLock { $0 } } }

    /// The log so far.
    var log: Log { shared.withLock { $0 } }

    /// Returns how many clients show this version or a newer one.
    func count(at version: Int64, of epoch: String) -> Int {
        clients.count { $0.shown.map { $0.epoch == epoch && $0.version >= version } ?? false }
    }

    /// Waits until all clients show this top or a newer one. Returns how long that took.
    func catchUp(with top: ScoreboardState, within time: Duration) async throws -> Duration {
        if let fault = table.fault(top) { shared.withLock { $0.fault("Redis: \(fault)") } }
        let start = ContinuousClock.now
        try await eventually("all \(count) clients have version \(top.version)", timeout: time, every: .milliseconds(5))
        {
            count(at: top.version, of: top.epoch) == count
        }
        return ContinuousClock.now - start
    }

    /// Expects that all clients show the top of Redis, which must not change any more, and that there were no faults.
    func expectAll(_ probe: RedisProbe, within time: Duration = .seconds(2) + EndToEnd.machineSlack) async throws {
        let top = try await probe.top()
        _ = try await catchUp(with: top, within: time)
        let others = clients.filter { $0.shown?.entries != top.entries || $0.shown?.version != top.version }
        #expect(others.isEmpty, "\(others.count) clients show another top than \(top)")
        let faults = log.faults
        #expect(faults.isEmpty, "\(faults.prefix(5))")
    }
}
