import Leaderboard
import LocalServers
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Node
import RedisClient
import ServiceLifecycle
import Storage
import TestSupport
import Testing

/// The path of the boards from the database through Redis to gateways.
@Suite(.timeLimit(.minutes(2))) struct CatalogueTests {
    /// A database that tests change.
    private final class Database: CatalogueStore {
        private let state: NIOLockedValueBox<(catalogue: Catalogue, isAway: Bool)>

        init(_ catalogue: Catalogue = Catalogue(revision: 1)) {
            state = NIOLockedValueBox((catalogue, false))
        }

        func set(_ board: Board?, of id: String, revision: Int64) {
            state.withLockedValue {
                $0.catalogue.boards[id] = board
                $0.catalogue.revision = revision
            }
        }
        func setAway(_ isAway: Bool) { state.withLockedValue { $0.isAway = isAway } }
        func leaveOut(_ boards: [LeftOutBoard], revision: Int64) {
            state.withLockedValue {
                $0.catalogue.leftOut = boards
                $0.catalogue.revision = revision
            }
        }

        func load() async throws(StoreError) -> Catalogue {
            let (catalogue, isAway) = state.withLockedValue { $0 }
            if isAway { throw StoreError(.unavailable, "away") }
            return catalogue
        }
        func revision() async throws(StoreError) -> Int64 { try await load().revision }
        func put(_ action: Action) async throws(StoreError) -> Bool { throw StoreError(.unavailable, "no") }
        func deleteAction(id: String) async throws(StoreError) -> Bool { throw StoreError(.unavailable, "no") }
        func put(_ board: Board, ifRevision revision: Int64) async throws(StoreError) -> Bool {
            throw StoreError(.unavailable, "no")
        }
        func deleteBoard(id: String, ifRevision revision: Int64) async throws(StoreError) -> Bool {
            throw StoreError(.unavailable, "no")
        }
        func nextGeneration() async throws(StoreError) -> Int64 { throw StoreError(.unavailable, "no") }
        func renewGeneration(of board: Board) async throws(StoreError) { throw StoreError(.unavailable, "no") }
    }

    /// Nodes on one Redis.
    private struct Deployment: Sendable {
        let redis: RedisClient
        let published: RedisCatalogue
        let follower: BoardFollower
        let logger: Logger

        /// Runs nodes with databases until the body has ended.
        func run(_ databases: [Database], _ body: () async throws -> Void) async throws {
            let nodes = databases.map { CatalogueFollower(store: $0, published: published, logger: logger) }
            let running = nodes.map { node in Task { try await node.run() } }
            defer { for task in running { task.cancel() } }
            try await body()
        }

        func boards(_ id: String, are board: Board?) async throws {
            try await eventually("the board is followed") { follower.isKnown && follower.board(id) == board }
        }
    }

    private static func run(
        log: RecordedLog = RecordedLog(), _ body: (Deployment) async throws -> Void
    ) async throws {
        try await withPrivateRedis { server in
            let configuration = try RedisConfiguration(url: server.url)
            let group = MultiThreadedEventLoopGroup.singleton
            let quiet = quietLogger
            let redis = try RedisClient(
                configuration: configuration, eventLoopGroup: group, scripts: Scripts.all, logger: quiet)
            let partitioning = Partitioning(count: 16)
            let feed = try RedisTopFeed(
                configuration: configuration, partitioning: partitioning, eventLoop: group.next(), logger: quiet)
            let published = RedisCatalogue(redis: redis, partitioning: partitioning)
            let follower = BoardFollower(published: published, feed: feed, logger: log.logger)
            let running = [
                Task { try await redis.run() }, Task { try await feed.run() }, Task { try await follower.run() },
            ]
            defer { for task in running { task.cancel() } }
            try await redis.waitUntilConnected(timeout: .seconds(20))
            try await body(
                Deployment(redis: redis, published: published, follower: follower, logger: log.logger))
        }
    }

    @Test func changesReachGateways() async throws {
        try await Self.run { deployment in
            let database = Database()
            let changes = NIOLockedValueBox(0)
            deployment.follower.follow { changes.withLockedValue { $0 += 1 } }
            #expect(!deployment.follower.isKnown && deployment.follower.board("global") == nil)
            try await deployment.run([database]) {
                try await deployment.boards("global", are: .global)
                database.set(Board(id: "cup", top: 3), of: "cup", revision: 2)
                try await deployment.boards("cup", are: Board(id: "cup", top: 3))
                database.set(Board(id: "cup", top: 3, visibility: .private), of: "cup", revision: 3)
                try await deployment.boards("cup", are: Board(id: "cup", top: 3, visibility: .private))
                database.set(nil, of: "cup", revision: 4)
                try await deployment.boards("cup", are: nil)
                #expect(changes.withLockedValue { $0 } == 4)
                // Another revision with the same boards is not a change for followers.
                database.set(.global, of: "global", revision: 5)
                try await eventually("it is published") {
                    try await deployment.published.tag()?.hasPrefix("5-") == true
                }
                database.set(Board(id: "cup"), of: "cup", revision: 6)
                try await deployment.boards("cup", are: Board(id: "cup"))
                #expect(changes.withLockedValue { $0 } == 5)
            }
        }
    }

    /// A node that starts while its database is away has the boards and actions that were published, and follows newer
    /// ones that other nodes publish. It never goes back.
    @Test func aNodeStartsWithThePublishedCatalogue() async throws {
        try await Self.run { deployment in
            let database = Database(
                Catalogue(actions: ["kill": Action(id: "kill", points: 5, boards: ["global"])], revision: 3))
            try await deployment.run([database]) {
                try await eventually("it is published") {
                    try await deployment.published.readCatalogue()?.revision == 3
                }
            }
            let (away, other) = (Database(), Database())
            away.setAway(true)
            let node = CatalogueFollower(
                store: away, published: deployment.published, logger: deployment.logger, mayPublish: { false })
            #expect(node.whyNotLoaded != nil)
            let running = Task { try await node.run() }
            defer { running.cancel() }
            try await eventually("it has the catalogue") { node.whyNotLoaded == nil }
            #expect(node.current?.actions["kill"]?.points == 5 && node.current?.boards["global"] == .global)
            other.set(Board(id: "cup"), of: "cup", revision: 4)
            try await deployment.run([other]) {
                try await eventually("it follows") { node.current?.boards["cup"] != nil }
            }
            let older = Database(Catalogue(boards: [:], revision: 2))
            try await deployment.run([older]) {
                try await eventually("it is published") {
                    try await deployment.published.readCatalogue()?.revision == 2
                }
            }
            #expect(node.current?.revision == 4)
            // The database has the last word.
            away.setAway(false)
            try await eventually("it is loaded") { node.current?.revision == 1 }
        }
    }

    /// The database decides, whatever is in Redis.
    @Test func redisIsPutRight() async throws {
        try await Self.run { deployment in
            let database = Database()
            database.set(Board(id: "cup"), of: "cup", revision: 9)
            try await deployment.run([database]) {
                try await deployment.boards("cup", are: Board(id: "cup"))
                let key = "{sc00}:catalogue"
                // Redis is emptied first. Then its boards are older, from another history with a higher revision, and
                // malformed.
                try await deployment.redis.command("DEL", key)
                try await eventually("it is there again") { try await deployment.published.read() != nil }
                #expect(deployment.follower.board("cup") != nil, "meanwhile the last boards held")
                for (tag, boards) in [
                    ("1-0", #"{"revision":1,"boards":[]}"#), ("99-0", #"{"revision":99,"boards":[]}"#), ("9-0", "{"),
                ] {
                    try await deployment.redis.command("HSET", key, "tag", tag, "boards", boards)
                    try await eventually("\(tag) is replaced") {
                        try await deployment.published.read()?.boards.boards["cup"] == Board(id: "cup")
                    }
                    try await deployment.boards("cup", are: Board(id: "cup"))
                }
                // The database was set back.
                database.set(nil, of: "cup", revision: 3)
                try await deployment.boards("cup", are: nil)
                database.set(Board(id: "other"), of: "other", revision: 9)
                try await deployment.boards("other", are: Board(id: "other"))
            }
        }
    }

    /// Nodes that learn of a change one after the other do not undo it.
    @Test func severalNodesAgree() async throws {
        try await Self.run { deployment in
            let database = Database()
            let seen = NIOLockedValueBox<[Int?]>([])
            deployment.follower.follow { [follower = deployment.follower] in
                seen.withLockedValue { $0.append(follower.board("cup")?.top) }
            }
            try await deployment.run(Array(repeating: database, count: 5)) {
                try await deployment.boards("global", are: .global)
                for top in 1...8 {
                    database.set(Board(id: "cup", top: top), of: "cup", revision: Int64(top + 1))
                    try await deployment.boards("cup", are: Board(id: "cup", top: top))
                }
            }
            #expect(seen.withLockedValue { $0 } == [nil] + (1...8).map { $0 })
        }
    }

    /// A node that cannot reach its database publishes nothing: its boards may be old.
    @Test func aNodeWithoutItsDatabaseKeepsQuiet() async throws {
        try await Self.run { deployment in
            let (database, lost) = (Database(), Database())
            let seen = NIOLockedValueBox<[Int?]>([])
            deployment.follower.follow { [follower = deployment.follower] in
                seen.withLockedValue { $0.append(follower.board("cup")?.top) }
            }
            try await deployment.run([lost]) {
                try await deployment.boards("global", are: .global)
                lost.setAway(true)
                try await deployment.run([database]) {
                    for top in 1...5 {
                        database.set(Board(id: "cup", top: top), of: "cup", revision: Int64(top + 1))
                        try await deployment.boards("cup", are: Board(id: "cup", top: top))
                    }
                }
            }
            #expect(seen.withLockedValue { $0 } == [nil] + (1...5).map { $0 })
        }
    }

    @Test func boardsThatAreLeftOutAreNamedOnce() async throws {
        let log = RecordedLog()
        try await Self.run(log: log) { deployment in
            let database = Database()
            let leftOut = (1...20).map { LeftOutBoard(id: "b\($0)", reason: "ties last is not supported") }
            database.leaveOut(leftOut, revision: 2)
            try await deployment.run([database]) {
                try await deployment.boards("global", are: .global)
                for revision in 3...6 as ClosedRange<Int64> {
                    database.leaveOut(leftOut, revision: revision)
                    try await eventually("it is loaded") {
                        try await deployment.published.tag()?.hasPrefix("\(revision)-") == true
                    }
                }
                database.leaveOut([], revision: 7)
                try await eventually("the end is told") { log.text.contains("All boards of the database can be run") }
            }
        }
        let lines = log.text.split(separator: "\n").filter { $0.contains("are left out") }
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.contains("b1 (ties last is not supported), b2") == true)
        #expect(lines.first?.contains("b16") == true && lines.first?.contains("b17") == false)
        #expect(lines.first?.contains("20") == true)
    }
}
