// Traffic that looks like a game being played, through the public API only.

import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization

/// Lets a few dozen invented players score, until shutdown.
public struct DemoTraffic: Service {
    /// Tells the traffic the URL of the API, once it listens.
    public final class Start: Sendable {
        private let place = Mutex<String?>(nil)

        /// A start without a URL yet.
        public init() {}

        /// The API is reached at this URL now, such as `http://127.0.0.1:8080`.
        public func start(url: String) { place.withLock { $0 = url } }

        var url: String? { place.withLock { $0 }.map { $0 + "/update-score" } }
    }

    private let start: Start
    private let logger: Logger
    private let token: @Sendable (String) async throws -> String
    private let actionID: @Sendable (_ user: String, _ action: String) throws -> String

    /// - Parameters:
    ///   - start: says when to start, and at which URL.
    ///   - token: makes a player's token.
    ///   - actionID: makes an action id for a player and an action.
    public init(
        start: Start, logger: Logger, token: @escaping @Sendable (String) async throws -> String,
        actionID: @escaping @Sendable (_ user: String, _ action: String) throws -> String
    ) {
        self.start = start
        self.logger = logger
        self.token = token
        self.actionID = actionID
    }

    /// The players, by skill: the first ones score more often.
    static let players = [
        "voltaic", "Mira", "ostrich_prime", "dolphin-7", "redpanda", "halcyon", "k0ji", "t_lindqvist", "nightshift",
        "quickfox",
        "Ayo", "Søren", "lunarbit", "Zhen", "peppermint", "orbit9", "Ingrid", "Tomás", "glasswing", "hexa", "Noor",
        "vector",
        "Juno", "sable",
    ]
    /// Their actions, and the share of each in percent.
    static let actions: [(id: String, share: Int)] = [("kill", 70), ("assist", 25), ("capture", 5)]

    /// Plays until graceful shutdown.
    public func run() async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            try await cancelWhenGracefulShutdown { try await play(client) }
        } catch is CancellationError {
            // the end of the game
        } catch {
            logger.error("The demo traffic ended", metadata: ["error": "\(error)"])
        }
        try await client.shutdown()
        try? await gracefulShutdown()
    }

    private func play(_ client: HTTPClient) async throws {
        while start.url == nil { try await Task.sleep(for: .milliseconds(50)) }
        guard let url = start.url else { return }
        var tokens: [String: (text: String, until: ContinuousClock.Instant)] = [:]
        var generator = SystemRandomNumberGenerator()
        while true {
            try Task.checkCancellation()
            let player = Self.player(using: &generator)
            if tokens[player].map({ $0.until < .now }) ?? true {
                tokens[player] = (try await token(player), .now + .seconds(1800))
            }
            guard let token = tokens[player]?.text else { continue }
            let id = try actionID(player, Self.action(using: &generator))
            try await post(client, url: url, token: token, body: #"{"user_id":"\#(player)","action_id":"\#(id)"}"#)
            // A lively but readable pace: sometimes a burst, and a pause after it.
            let pause = Int.random(in: 0..<10, using: &generator) == 0 ? 600...1200 : 40...320
            try await Task.sleep(for: .milliseconds(Int.random(in: pause, using: &generator)))
        }
    }

    private func post(_ client: HTTPClient, url: String, token: String, body: String) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            _ = try await response.body.collect(upTo: 64 * 1024)
            if response.status != .ok {
                logger.debug("A demo update was refused", metadata: ["status": "\(response.status.code)"])
            }
        } catch let error as HTTPClientError {
            logger.debug("A demo update failed", metadata: ["error": "\(error)"])
        }
    }

    /// A player, the skilled ones more often: the smaller of two draws.
    static func player(using generator: inout some RandomNumberGenerator) -> String {
        let draws = (0..<2).map { _ in Int.random(in: players.indices, using: &generator) }
        return players[min(draws[0], draws[1])]
    }

    static func action(using generator: inout some RandomNumberGenerator) -> String {
        var draw = Int.random(in: 0..<100, using: &generator)
        for (id, share) in actions {
            if draw < share { return id }
            draw -= share
        }
        return actions[0].id
    }
}
