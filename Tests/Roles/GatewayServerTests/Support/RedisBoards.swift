import Basics
import Dispatch
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import RedisClient
import Storage
import TestSupport

/// A private and a public board on a fresh database of the tests' Redis, with their writer, reader and feed.
struct RedisBoards: Sendable {
    let hidden: Board
    let open: Board
    let feed: RedisTopFeed
    let reader: RedisLeaderboardReader
    private let writer: RedisScoreStore

    /// Both, by id.
    var all: [String: Board] { [hidden.id: hidden, open.id: open] }

    /// Runs `body` with both boards open for updates.
    static func run(_ body: (RedisBoards) async throws -> Void) async throws {
        try await withRedis { redis in
            let configuration = try RedisConfiguration(url: redis.url)
            let logger = quietLogger
            let group = MultiThreadedEventLoopGroup.singleton
            let partitioning = Partitioning(count: 1)
            let client = try RedisClient(
                configuration: configuration, eventLoopGroup: group, scripts: Scripts.all, logger: logger)
            let feed = try RedisTopFeed(
                configuration: configuration, partitioning: partitioning, eventLoop: group.next(), logger: logger)
            let settings = WriteSettings(
                partitioning: partitioning, rateLimit: nil, actionMaxAge: .milliseconds(600_000),
                actionSkew: .milliseconds(30_000))
            // Databases share their channels, so the boards' names must differ.
            let boards = RedisBoards(
                hidden: Board(id: "hidden-\(redis.database)", visibility: .private),
                open: Board(id: "open-\(redis.database)"), feed: feed,
                reader: RedisLeaderboardReader(redis: client, partitioning: partitioning),
                writer: RedisScoreStore(redis: client, settings: settings))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await client.run() }
                tasks.addTask { try await feed.run() }
                try await client.waitUntilConnected(timeout: .seconds(20))
                let outbox = RedisOutbox(redis: client, blocking: client, partitioning: partitioning)
                _ = try await outbox.open(partition: 0, seq: 0)
                try await body(boards)
                tasks.cancelAll()
            }
        }
    }

    /// Gives a user points, as an API node does, and waits for the result. Call it once for each user and board.
    func add(to board: Board, _ user: String, _ points: Int64) throws {
        let id = "\(board.id)-\(user)"
        let now = WallClock.milliseconds()
        let update = ScoreUpdate(
            targets: UpdateTargets(of: board, issuedAt: now), userID: user, amount: points, submittedScore: nil,
            action: "kill", nonce: "nonce-\(id)", signature: id, issuedAt: now)
        let result = NIOLockedValueBox<Result<ApplyOutcome, StoreError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        writer.apply(update) { outcome in
            result.withLockedValue { $0 = outcome }
            done.signal()
        }
        _ = done.wait(timeout: .now() + .seconds(10))
        guard case .success(.applied) = result.withLockedValue({ $0 }) else {
            throw TestConnection.Failure(call: "not applied: \(id)", code: 0)
        }
    }
}
