// The way in to the load harness: a scenario goes in, a report comes out. Everything is done through the public API, as
// clients do it, and measured at their end.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import ScorecastClient
import Synchronization
import UnixSignals

/// Runs one load test.
public struct LoadHarness: Sendable {
    private let scenario: Scenario
    private let nodes: [String]
    private let watchNodes: [String]
    private let credentials: LoadCredentials
    private let note: @Sendable (String) -> Void

    /// - Parameters:
    ///   - scenario: what to do.
    ///   - urls: of the API nodes, `http://host:port`; requests go to each of them in turn.
    ///   - watchURLs: where watchers connect; the API nodes where there is none.
    ///   - credentials: makes tokens and action ids.
    ///   - note: told how it goes, line by line.
    /// - Throws: ``LoadError`` for a URL that cannot be used.
    public init(
        scenario: Scenario, urls: [String], watchURLs: [String], credentials: LoadCredentials,
        note: @escaping @Sendable (String) -> Void
    ) throws(LoadError) {
        self.scenario = scenario
        self.credentials = credentials
        self.note = note
        nodes = urls.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        watchNodes = watchURLs.isEmpty ? nodes : watchURLs
        guard !nodes.isEmpty else { throw LoadError("At least one URL of a node is needed.") }
        for url in nodes {
            guard url.hasPrefix("http://") || url.hasPrefix("https://"), url.filter({ $0 == "/" }).count == 2,
                ServerAddress(url) != nil
            else {
                throw LoadError("The URL of a node must be http://host:port or https://host:port, not '\(url)'.")
            }
        }
        for url in watchNodes where ServerAddress(url) == nil {
            throw LoadError("A URL for watchers must be ws://host:port or wss://host:port, not '\(url)'.")
        }
    }

    /// Prepares, sends the traffic, lets everything settle, and holds it against what clients were told. SIGINT and
    /// SIGTERM end the traffic early; there is a report then too.
    ///
    /// - Throws: ``LoadError`` where the test could not begin.
    public func run() async throws -> LoadReport {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, 4))
        var settings = HTTPClient.Configuration()
        settings.timeout.connect = TimeAmount(scenario.updates.timeout)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = scenario.updates.connections
        settings.httpVersion = .http1Only
        // A node that refuses connections is down: the next attempt goes to another one.
        settings.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroup: group, configuration: settings)
        let result: Result<LoadReport, any Error>
        do {
            result = .success(
                try await run(on: group, NodeClient(http: http, urls: nodes, timeout: scenario.updates.timeout)))
        } catch {
            result = .failure(error)
        }
        try? await http.shutdown()
        try? await group.shutdownGracefully()
        return try result.get()
    }

    private func run(on group: any EventLoopGroup, _ client: NodeClient) async throws -> LoadReport {
        let clock = RunClock(scenario)
        return try await withThrowingTaskGroup(of: LoadReport?.self) { tasks in
            tasks.addTask {
                for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                    note("\(signal): the traffic ends")
                    clock.interrupt()
                }
                return nil
            }
            tasks.addTask { try await measure(on: group, client, clock) }
            defer { tasks.cancelAll() }
            while let report = try await tasks.next() {
                if let report { return report }
            }
            throw CancellationError()
        }
    }

    // MARK: The test

    private func measure(on group: any EventLoopGroup, _ client: NodeClient, _ clock: RunClock) async throws
        -> LoadReport
    {
        let prefix = "load-\(Self.runName())-"
        let admin = try await credentials.token("load-admin", true, .seconds(7 * 86_400))
        let settling = Settling(client: client, scenario: scenario, token: admin)
        let writers = try await prepareWriters(client, clock, prefix: prefix, admin: admin)
        let watchers = Watchers(scenario, urls: watchNodes, clock: clock, group: group)
        do {
            try await open(watchers)
            let startedAt = Int64(Date().timeIntervalSince1970 * 1000)
            let start = clock.begin()
            await send(writers, watchers, settling, clock, from: start)
            let run = LoadReport.Run(
                scenario: scenario, prefix: prefix, nodes: nodes, watchNodes: watchNodes, startedAt: startedAt,
                trafficTime: clock.trafficTime, isInterrupted: clock.isInterrupted)
            let report = await settle(settling, writers, watchers, run, until: .now + clock.settle)
            await watchers.stop()
            return report
        } catch {
            await watchers.stop()
            throw error
        }
    }

    private func prepareWriters(
        _ client: NodeClient, _ clock: RunClock, prefix: String, admin: String
    ) async throws -> Writers {
        let users = scenario.updates.rate > 0 ? scenario.updates.users : 0
        let oracle = Oracle(users: users, prefix: prefix, points: scenario.updates.points)
        var players: [Writers.Player] = []
        // Longer than the test can last.
        let lifetime = scenario.duration + scenario.settle * 2 + .seconds(3600)
        for name in (0..<users).map(oracle.name) {
            players.append(.init(name: name, token: try await credentials.token(name, false, lifetime)))
        }
        let writers = Writers(
            scenario, client: client, clock: clock, credentials: credentials, players: players, oracle: oracle)
        guard users > 0 else { return writers }
        do {
            try await client.prepareAction(scenario.updates, board: scenario.board, token: admin)
        } catch {
            throw LoadError("The action cannot be prepared: \(error)")
        }
        for node in nodes.indices { try await writers.prove(node) }
        return writers
    }

    private func open(_ watchers: Watchers) async throws {
        let count = scenario.watchers.count
        guard count > 0 else { return }
        note("\(count) watchers come, \(Figure.plain(scenario.watchers.arrivals)) a second")
        let showing = try await watchers.open(within: max(scenario.settle, .seconds(10)))
        if showing < count { note("\(count - showing) of \(count) watchers show no top yet; the traffic begins") }
    }

    /// The traffic; meanwhile the top is read over HTTP each second, to be held against what watchers show.
    private func send(
        _ writers: Writers, _ watchers: Watchers, _ settling: Settling, _ clock: RunClock,
        from start: ContinuousClock.Instant
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await Progress(writers: writers, watchers: watchers, clock: clock, note: note).run() }
            group.addTask {
                var turn = 0
                while (try? await Task.sleep(for: .seconds(1))) != nil, scenario.watchers.count > 0 {
                    turn += 1
                    guard let page = try? await settling.top(turn) else { continue }
                    watchers.record.withLock {
                        $0.read(epoch: page.epoch, version: page.version, entries: page.entries)
                    }
                }
            }
            await writers.run(from: start)
            while !clock.isOver(for: .zero) { try? await Task.sleep(for: .milliseconds(20)) }
            group.cancelAll()
        }
    }

    private func settle(
        _ settling: Settling, _ writers: Writers, _ watchers: Watchers, _ run: LoadReport.Run,
        until deadline: ContinuousClock.Instant
    ) async -> LoadReport {
        var proofs: [Proof] = []
        var converge: Duration?
        if scenario.watchers.count > 0 {
            let (differences, time) = await settling.convergence(of: watchers, until: deadline)
            converge = time
            proofs.append(
                Proof(
                    name: "converged", statement: "every watcher shows the final top",
                    basis: "\(scenario.watchers.count) watchers", differences: differences))
        }
        if scenario.updates.rate > 0 {
            let oracle = writers.oracle.withLock { $0 }
            proofs = oracle.proofs(scores: await settling.scores(oracle, until: deadline)) + proofs
        }
        let watching = watchers.tally
        let (states, skew, basis) = watchers.record.withLock { record in
            let (differences, skew) = record.finish()
            return (differences, skew, "\(record.compared) states, \(record.pagesCompared) reads over HTTP")
        }
        if scenario.watchers.count > 0 {
            proofs.append(
                Proof(
                    name: "versions", statement: "no watcher saw a version go back, or a delta that does not fit",
                    basis: "\(ScoreboardFrames(watching).all) messages", differences: watching.faults))
            proofs.append(
                Proof(
                    name: "states", statement: "each version is the same top to all, as deltas, whole and over HTTP",
                    basis: basis, differences: states))
        }
        return LoadReport(
            run: run, updates: writers.tally.withLock { $0 }, watching: watching, skew: skew, converge: converge,
            proofs: proofs)
    }

    /// A name that no other run has: the time, and a random end.
    private static func runName() -> String {
        let milliseconds = UInt64(Date().timeIntervalSince1970 * 1000)
        return String(milliseconds, radix: 36) + String(UInt64.random(in: 0..<46_656), radix: 36)
    }
}
