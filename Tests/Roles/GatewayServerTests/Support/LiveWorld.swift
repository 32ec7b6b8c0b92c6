import Basics
import Dispatch
import Gateway
import Leaderboard
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Players
import RedisClient
import Storage
import StrictJSON
import TestSupport

/// Two gateways and a play node on a fresh database of the tests' Redis.
struct LiveWorld: Sendable {
    /// The gateways.
    let first: TestGateway
    let second: TestGateway
    /// Sends messages as a play node does.
    let sender: RedisLiveSender
    /// What the play node was asked, and answers.
    let calls: TestCalls
    let redis: RedisClient
    /// The board that both gateways have, beside `global`.
    let board: Board
    private let writer: RedisScoreStore

    /// Runs `body` on a thread of its own.
    ///
    /// - Parameters:
    ///   - hasPlay: whether there is a play node.
    ///   - rules: the rules of the board.
    ///   - windows: the windows of the board.
    static func run(
        hasPlay: Bool = true, rules: BoardRules = BoardRules(allowDecrease: true), windows: [Window] = [.all],
        _ body: @escaping @Sendable (LiveWorld) throws -> Void
    ) async throws {
        try await withRedis { database in
            let nodes = try Nodes(
                RedisConfiguration(url: database.url),
                board: Board(id: "live-\(database.database)", rules: rules, windows: windows))
            let tokens = try await TestTokens()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await nodes.redis.run() }
                for line in nodes.lines { tasks.addTask { try await line.run() } }
                for feed in nodes.feeds { tasks.addTask { try await feed.run() } }
                if hasPlay { tasks.addTask { try await nodes.server.run() } }
                try await nodes.begin(hasPlay: hasPlay)
                try await nodes.gateway(0, tokens) { first in
                    try blocking {
                        try await nodes.gateway(1, tokens) { second in
                            try body(
                                LiveWorld(
                                    first: first, second: second, sender: nodes.sender, calls: nodes.calls,
                                    redis: nodes.redis, board: nodes.board, writer: nodes.writer))
                        }
                    }
                }
                tasks.cancelAll()
            }
        }
    }

    /// The parts of the nodes.
    private struct Nodes: Sendable {
        let configuration: RedisConfiguration
        let partitioning = Partitioning(count: 1)
        let redis: RedisClient
        let board: Board
        let sender: RedisLiveSender
        let calls: TestCalls
        let lines: [RedisLiveLine]
        let feeds: [RedisTopFeed]
        let server: RedisCallServer

        init(_ configuration: RedisConfiguration, board: Board) throws {
            let group = MultiThreadedEventLoopGroup.singleton
            let redis = try RedisClient(
                configuration: configuration, eventLoopGroup: group, scripts: Scripts.all, logger: quietLogger)
            self.configuration = configuration
            self.redis = redis
            self.board = board
            sender = RedisLiveSender(redis: redis)
            calls = TestCalls(sender)
            let partitioning = partitioning
            lines = try [0, 1].map { _ throws in
                try RedisLiveLine(
                    redis: redis, partitioning: partitioning, eventLoop: group.next(), logger: quietLogger)
            }
            feeds = try [0, 1].map { _ throws in
                try RedisTopFeed(
                    configuration: configuration, partitioning: partitioning, eventLoop: group.next(),
                    logger: quietLogger)
            }
            server = try RedisCallServer(redis: redis, calls: calls, eventLoop: group.next(), logger: quietLogger)
        }

        var writer: RedisScoreStore {
            RedisScoreStore(
                redis: redis,
                settings: WriteSettings(
                    partitioning: partitioning, rateLimit: nil, actionMaxAge: .milliseconds(600_000),
                    actionSkew: .milliseconds(30_000)))
        }

        /// Waits until all are connected, and opens the partition.
        func begin(hasPlay: Bool) async throws {
            try await redis.waitUntilConnected(timeout: .seconds(20))
            try await eventually("the lines are up") { lines.allSatisfy { $0.isLive } }
            let channel = LiveKeys(in: KeySpace(configuration)).calls
            try await eventually("the play node listens") {
                try await redis.command("PUBSUB", "NUMSUB", channel).array?.last?.int64 == (hasPlay ? 1 : 0)
            }
            let outbox = RedisOutbox(redis: redis, blocking: redis, partitioning: partitioning)
            _ = try await outbox.open(partition: 0, seq: 0)
        }

        func gateway(
            _ index: Int, _ tokens: TestTokens, _ body: @escaping @Sendable (TestGateway) throws -> Void
        ) async throws {
            let boards = TestBoards(["global": .global, board.id: board])
            let (line, feed) = (lines[index], feeds[index])
            let reader = RedisLeaderboardReader(redis: redis, partitioning: partitioning)
            try await TestGateway.run(
                {
                    $0.boards = boards
                    $0.line = line
                }, tokens: { tokens.verifiers($0) }, feed: { feed }, reader: { reader }, body)
        }
    }

    /// A WebSocket of a user; without a token if nil.
    func socket(_ gateway: TestGateway, _ user: String?, query: String = "") throws -> TestWebSocket {
        let headers = user.map { [("Authorization", "Bearer \(TestTokens.token("k1", user: $0))")] } ?? []
        let socket = try TestWebSocket(port: gateway.port, "/ws" + query, headers: headers)
        try socket.receive(type: "snapshot")
        return socket
    }

    /// Waits for a task on this thread, which may block.
    func wait(_ body: @escaping @Sendable () async throws -> Void) throws { try blocking(body) }

    /// Gives a user points, as an API node does, and waits until they count.
    func add(_ user: String, _ points: Int64, id: String, issuedAt: Int64 = WallClock.milliseconds()) throws {
        let update = ScoreUpdate(
            targets: UpdateTargets(of: board, issuedAt: issuedAt), userID: user, amount: points, submittedScore: nil,
            action: "kill", nonce: "nonce-\(id)", signature: id, issuedAt: issuedAt)
        try blocking {
            let outcome = await withCheckedContinuation { continuation in
                writer.apply(update) { continuation.resume(returning: $0) }
            }
            guard case .applied = try outcome.get() else {
                throw TestConnection.Failure(call: "not applied: \(id)", code: 0)
            }
        }
    }
}

/// Waits for a task on a thread that may block.
private func blocking(_ body: @escaping @Sendable () async throws -> Void) throws {
    let result = NIOLockedValueBox<Result<Void, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    Task {
        do {
            try await body()
            result.withLockedValue { $0 = .success(()) }
        } catch {
            result.withLockedValue { $0 = .failure(error) }
        }
        done.signal()
    }
    done.wait()
    try result.withLockedValue { $0 }?.get()
}

/// The challenges of a play node, in memory. Everybody may join all but `closed`.
final class TestCalls: RoomCalls {
    /// A challenge that nobody may join, and two that everybody may.
    static let closed = String(repeating: "c", count: 22)
    static let (open, other) = (String(repeating: "o", count: 22), String(repeating: "p", count: 22))

    private let sender: RedisLiveSender
    private let log = NIOLockedValueBox<[RoomCall]>([])

    init(_ sender: RedisLiveSender) {
        self.sender = sender
    }

    /// What was asked, in order.
    var asked: [RoomCall] { log.withLockedValue { $0 } }

    func answer(_ call: RoomCall) async -> RoomAnswer {
        log.withLockedValue { $0.append(call) }
        guard call.challenge != Self.closed else {
            return .refused(code: "unknown_challenge", message: "There is no such challenge.")
        }
        switch call.act {
        case .join: return .done([RoomProgress(userID: "early", progress: 7, state: #"{"step":1}"#, stamp: 1)])
        case .hint: return .message(#"{"type":"hint","challenge":"\#(call.challenge)","index":0,"text":"Try"}"#)
        case .progress(let progress):
            try? await sender.send(progress, to: call.challenge)
            return .done([])
        }
    }
}

extension TestWebSocket {
    /// The next message of a type. Those of other types before it are skipped.
    @discardableResult
    func receive(type: String) throws -> JSONValue {
        while true {
            let json = try receiveJSON()
            if json["type"]?.string == type { return json }
        }
    }

    /// Joins a challenge's room, and returns the answer.
    @discardableResult
    func join(_ challenge: String) throws -> JSONValue {
        try send(text: #"{"type":"join-room","challenge":"\#(challenge)"}"#)
        return try receive(type: "joined")
    }

    /// Tells progress in a challenge's room.
    func update(_ challenge: String, _ progress: Int) throws {
        try send(text: #"{"type":"challenge-update","challenge":"\#(challenge)","progress":\#(progress)}"#)
    }

    /// Reads until a member's progress in a room is this; returns the messages up to there.
    @discardableResult
    func receive(_ user: String, at progress: Int64) throws -> [JSONValue] {
        var messages: [JSONValue] = []
        while true {
            let message = try receive(type: "progress-update")
            messages.append(message)
            let updates = message["updates"]?.array ?? []
            if updates.contains(where: { $0["user_id"]?.string == user && $0["progress"]?.integer == progress }) {
                return messages
            }
        }
    }
}
