// The entry to the load harness: it takes a scenario and returns a report. It uses the public API only, as clients do,
// and measures at the clients' end.

import AsyncHTTPClient
import Basics
import Foundation
import NIOCore
import NIOPosix
import ScorecastClient
import UnixSignals

/// Runs one load test.
public struct LoadHarness: Sendable {
    private let scenario: Scenario
    private let nodes: [String]
    private let watchNodes: [String]
    private let credentials: LoadCredentials
    private let note: @Sendable (String) -> Void
    private let prefix = Self.newPrefix()

    /// - Parameters:
    ///   - scenario: the test to run.
    ///   - urls: of the API nodes, `http://host:port`; requests go to each of them in turn.
    ///   - watchURLs: nodes for watchers; the API nodes if it is empty.
    ///   - credentials: makes tokens and action ids.
    ///   - openFilesMax: the files and sockets that this process may have open; nil if that is not known.
    ///   - note: called with lines about the progress.
    /// - Throws: ``LoadError`` for a URL that cannot be used, and for more sockets than this process may have.
    public init(
        scenario: Scenario, urls: [String], watchURLs: [String], credentials: LoadCredentials, openFilesMax: Int? = nil,
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
        let needed = Self.socketsNeeded(scenario, nodes: nodes.count)
        if let openFilesMax, needed > openFilesMax {
            throw LoadError(
                "\(scenario.watchers.count) watchers and \(scenario.updates.connections) connections to each node need "
                    + "\(needed) open files, and this process may have \(openFilesMax). Raise the limit (ulimit -n "
                    + "\(needed); its bound is `ulimit -Hn`), or split the watchers over several processes.")
        }
    }

    /// Sockets, and some more files.
    private static func socketsNeeded(_ scenario: Scenario, nodes: Int) -> Int {
        scenario.watchers.count + (scenario.updates.rate > 0 ? scenario.updates.connections * nodes : 1) + 64
    }

    /// Prepares, sends the traffic, lets everything settle, and compares it with the answers to clients. SIGINT and
    /// SIGTERM end the traffic early; there is still a report.
    ///
    /// - Throws: ``LoadError`` if the test could not begin.
    public func run() async throws -> LoadReport {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, 4))
        var settings = HTTPClient.Configuration()
        settings.timeout.connect = TimeAmount(scenario.updates.timeout)
        // The timeout of the request itself ends with the head of the answer.
        settings.timeout.read = TimeAmount(scenario.updates.timeout)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = scenario.updates.connections
        settings.httpVersion = .http1Only
        // A node that refuses connections is down: the next attempt goes to another one.
        settings.connectionPool.retryConnectionEstablishment = false
        // A redirect could lead to a host that nobody allowed.
        settings.redirectConfiguration = .disallow
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
                    if clock.isInterrupted { exit(130) }
                    note("\(signal): the run ends, with a report; once more to leave without one")
                    clock.interrupt()
                }
                return nil
            }
            tasks.addTask { try await prepare(on: group, client, clock).measure() }
            defer { tasks.cancelAll() }
            while let report = try await tasks.next() {
                if let report { return report }
            }
            throw CancellationError()
        }
    }

    // MARK: Before the traffic

    private func prepare(
        on group: any EventLoopGroup, _ client: NodeClient, _ clock: RunClock
    ) async throws -> LoadRun {
        let admin = try await credentials.token("load-admin", true, lifetime)
        return LoadRun(
            scenario: scenario, prefix: prefix, nodes: nodes, watchNodes: watchNodes, clock: clock,
            writers: try await prepareWriters(client, clock, admin: admin),
            watchers: Watchers(scenario, urls: watchNodes, clock: clock, group: group),
            settling: Settling(client: client, scenario: scenario, token: admin), note: note)
    }

    private func prepareWriters(_ client: NodeClient, _ clock: RunClock, admin: String) async throws -> Writers {
        let users = scenario.updates.rate > 0 ? scenario.updates.users : 0
        let lead = try await findLead(client, admin: admin)
        let oracle = Oracle(users: users, prefix: prefix, points: scenario.updates.points, lead: lead)
        var players: [Writers.Player] = []
        for name in (0..<users).map(oracle.name) {
            players.append(.init(name: name, token: try await credentials.token(name, false, lifetime)))
        }
        let writers = Writers(
            scenario, client: client, clock: clock, credentials: credentials, players: players, oracle: oracle)
        guard users > 0 else { return writers }
        do {
            try await client.prepareAction(scenario.updates, board: scenario.board, token: admin)
        } catch {
            throw LoadError("The action cannot be prepared: \(error)\(hint(client, "\(error)"))")
        }
        if lead > 0 { try await give(lead, to: players.map(\.name), client, admin: admin) }
        for node in nodes.indices { try await writers.prove(node) }
        return writers
    }

    /// The lead that the run's users need to change the top, by the scores on the board.
    private func findLead(_ client: NodeClient, admin: String) async throws -> Int64 {
        guard scenario.updates.rate > 0 else { return 0 }
        let page: NodeClient.Page
        do {
            page = try await client.page(0, board: scenario.board, limit: 1, token: admin)
        } catch {
            throw LoadError("The board's top cannot be read: \(error)\(hint(client, "\(error)"))")
        }
        return try StartingLine.lead(above: page.entries.first?.score, scenario, nodes: nodes.count)
    }

    private func give(_ lead: Int64, to users: [String], _ client: NodeClient, admin: String) async throws {
        note("\(users.count) users get a lead of \(lead) points, to begin above the board's top")
        do {
            try await client.prepareLead(lead, scenario.updates, board: scenario.board, token: admin)
        } catch {
            throw LoadError("The action for leads cannot be prepared: \(error)")
        }
        try await Leads(client: client, credentials: credentials, updates: scenario.updates, token: admin)
            .give(lead, to: users)
    }

    /// A hint about an answer before the traffic, with a leading space.
    private func hint(_ client: NodeClient, _ error: String) -> String {
        let words = error.components(separatedBy: "answered with ").last ?? ""
        return Hint.of(error: words, clocks: client.clocks.difference).map { " \($0)" } ?? ""
    }

    /// The lifetime of tokens: longer than the test can last.
    private var lifetime: Duration { scenario.duration + scenario.settle * 2 + .seconds(3600) }

    /// The beginning of the users' names, unique to this run: the time, and a random end.
    private static func newPrefix() -> String {
        "load-\(String(WallClock.milliseconds(), radix: 36))\(String(UInt64.random(in: 0..<46_656), radix: 36))-"
    }
}
