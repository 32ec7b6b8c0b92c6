import Leaderboard
import LocalServers
import NIOConcurrencyHelpers
import NIOPosix
import RedisClient
import Storage
import TestSupport
import Testing

/// The boards as they are published in Redis.
@Suite(.timeLimit(.minutes(1)))
struct RedisCatalogueTests {
    private static func list(_ revision: Int64, top: Int = 10) -> BoardList {
        BoardList(boards: ["global": Board(id: "global", top: top)], revision: revision)
    }

    private static func catalogue(_ fixture: RedisFixture) -> RedisCatalogue {
        RedisCatalogue(redis: fixture.redis, partitioning: fixture.partitioning)
    }

    private static func publish(
        _ list: PublishedBoards, on catalogue: RedisCatalogue, inPlaceOf seen: String?
    ) async throws -> Bool {
        try await catalogue.publish(list, PublishedActions(Catalogue()), inPlaceOf: seen)
    }

    @Test func whoIsTooLateChangesNothing() async throws {
        try await withFixture { fixture in
            let (one, two) = (Self.catalogue(fixture), Self.catalogue(fixture))
            #expect(try await one.tag() == nil)
            #expect(try await one.read() == nil)
            let (first, second, third) = (
                PublishedBoards(Self.list(1)), PublishedBoards(Self.list(2)), PublishedBoards(Self.list(3))
            )
            #expect(try await Self.publish(first, on: one, inPlaceOf: nil))
            #expect(try await Self.publish(second, on: two, inPlaceOf: nil) == false)
            #expect(try await Self.publish(second, on: two, inPlaceOf: "1-0") == false)
            #expect(try await two.tag() == first.tag)
            #expect(try await Self.publish(second, on: two, inPlaceOf: first.tag))
            // The tag that this node has seen is outdated, although its own boards are newer.
            #expect(try await Self.publish(third, on: one, inPlaceOf: first.tag) == false)
            let read = try #require(try await one.read())
            #expect(read.tag == second.tag && read.boards == Self.list(2))
        }
    }

    @Test func whatCannotBeReadIsSaid() async throws {
        try await withFixture { fixture in
            let catalogue = Self.catalogue(fixture)
            for boards in ["", "{}", #"{"revision":1,"boards":[{"board":"a","group":"a","top":999}]}"#] {
                try await fixture.redis.command(
                    "HSET", CatalogueKeys(in: KeySpace(fixture.configuration)).catalogue, "tag", "1-1", "boards", boards
                )
                let error = await #expect(throws: StoreError.self) { try await catalogue.read() }
                #expect(error?.kind == .corrupt)
            }
            try await fixture.redis.command(
                "HDEL", CatalogueKeys(in: KeySpace(fixture.configuration)).catalogue, "boards")
            await #expect(throws: StoreError.self) { try await catalogue.read() }
            // Unreadable boards are replaced like any others.
            #expect(try await Self.publish(PublishedBoards(Self.list(2)), on: catalogue, inPlaceOf: "1-1"))
            #expect(try await catalogue.read()?.boards == Self.list(2))
            try await fixture.redis.command("DEL", CatalogueKeys(in: KeySpace(fixture.configuration)).catalogue)
            try await fixture.redis.command(
                "SET", CatalogueKeys(in: KeySpace(fixture.configuration)).catalogue, "of another type")
            let error = await #expect(throws: StoreError.self) { try await catalogue.tag() }
            #expect(error?.kind == .unavailable)
        }
    }

    private static let actions = Catalogue(
        actions: [
            "kill": Action(id: "kill", points: -5, boards: ["global", "cup"], maxPerUserPerDay: 3, cooldownSeconds: 9),
            "race": Action(
                id: "race", points: 0, boards: ["cup"], submitsScore: true, minScore: -1, maxScore: 1 << 50),
        ], boards: ["global": .global, "cup": Board(id: "cup")], revision: 7)

    @Test func theWholeCatalogueIsReadAsItWasPublished() async throws {
        try await withFixture { fixture in
            let published = Self.catalogue(fixture)
            #expect(try await published.readCatalogue() == nil)
            let (boards, actions) = (PublishedBoards(Self.actions.boardList), PublishedActions(Self.actions))
            #expect(try await published.publish(boards, actions, inPlaceOf: nil))
            #expect(try await published.tags() == .init(boards: boards.tag, actions: actions.tag))
            let read = try #require(try await published.readCatalogue())
            #expect(read.actions == Self.actions.actions && read.boardList == Self.actions.boardList)
            #expect(PublishedActions(read) == actions, "every node makes the same text of it")
        }
    }

    /// Nodes of the version before publish the boards alone. Neither version replaces the text of the other for ever.
    @Test func nodesOfTheVersionBeforeLeaveTheActionsAlone() async throws {
        try await withFixture { fixture in
            let published = Self.catalogue(fixture)
            let key = CatalogueKeys(in: KeySpace(fixture.configuration)).catalogue
            let (boards, actions) = (PublishedBoards(Self.actions.boardList), PublishedActions(Self.actions))
            // What the version before writes.
            try await fixture.redis.command("HSET", key, "tag", boards.tag, "boards", boards.text)
            #expect(try await published.tags() == .init(boards: boards.tag, actions: nil))
            #expect(try await published.readCatalogue() == nil)
            #expect(try await published.publish(boards, actions, inPlaceOf: boards.tag))
            #expect(try await published.tag() == boards.tag, "the version before sees nothing to do")
            #expect(try await published.readCatalogue()?.actions == Self.actions.actions)
            // It publishes a change, and the actions are those of the revision before for a moment.
            var later = Self.actions.boardList
            later.revision = 8
            let new = PublishedBoards(later)
            try await fixture.redis.command("HSET", key, "tag", new.tag, "boards", new.text)
            #expect(try await published.readCatalogue() == nil)
        }
    }

    @Test(arguments: [
        "{", #"{"revision":7}"#, #"{"revision":7,"actions":[{}]}"#,
        #"{"revision":7,"actions":[{"action_id":"a","points":1,"boards":[]}]}"#,
        #"{"revision":7,"actions":[{"action_id":"a","boards":["b"]},{"action_id":"a","boards":["b"]}]}"#,
    ])
    func unreadableActionsAreNotUsed(text: String) async throws {
        try await withFixture { fixture in
            let boards = PublishedBoards(Self.actions.boardList)
            try await fixture.redis.command(
                "HSET", CatalogueKeys(in: KeySpace(fixture.configuration)).catalogue, "tag", boards.tag, "boards",
                boards.text, "actions", text)
            let error = await #expect(throws: StoreError.self) { try await Self.catalogue(fixture).readCatalogue() }
            #expect(error?.kind == .corrupt)
        }
    }

    /// A node of the version before can have published them.
    @Test func reservedActionsAreLeftOut() async throws {
        try await withFixture { fixture in
            let published = Self.catalogue(fixture)
            var catalogue = Self.actions
            catalogue.actions["sys-task"] = Action(id: "sys-task", points: 1, boards: ["global"])
            let actions = PublishedActions(catalogue)
            let isPublished = try await published.publish(
                PublishedBoards(catalogue.boardList), actions, inPlaceOf: nil)
            #expect(isPublished)
            #expect(try await published.readCatalogue()?.actions == Self.actions.actions)
        }
    }

    @Test func tooManyActionsAreNotPublished() {
        let many = (0...PublishedActions.countMax).map { Action(id: "a\($0)", points: 1, boards: ["global"]) }
        let catalogue = Catalogue(actions: Dictionary(uniqueKeysWithValues: many.map { ($0.id, $0) }))
        let published = PublishedActions(catalogue)
        #expect(published.tag.isEmpty && published.text.isEmpty)
    }

    @Test func tellsOfChanges() async throws {
        try await withPrivateRedis { server in
            try await withFixture(on: server) { fixture in
                let feed = try RedisTopFeed(
                    configuration: fixture.configuration, partitioning: fixture.partitioning,
                    eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
                let running = Task { try await feed.run() }
                defer { running.cancel() }
                let count = NIOLockedValueBox(0)
                let catalogue = Self.catalogue(fixture)
                catalogue.follow(on: feed) { count.withLockedValue { $0 += 1 } }
                try await eventually("the feed is live") { feed.isLive }
                let first = PublishedBoards(Self.list(1))
                #expect(try await Self.publish(first, on: catalogue, inPlaceOf: nil))
                try await eventually("it is told") { count.withLockedValue { $0 } == 1 }
                #expect(try await Self.publish(first, on: catalogue, inPlaceOf: nil) == false)
                #expect(try await Self.publish(PublishedBoards(Self.list(2)), on: catalogue, inPlaceOf: first.tag))
                try await eventually("it is told again") { count.withLockedValue { $0 } == 2 }
            }
        }
    }

    /// Another size changes the top, so it gets a new version like any other change.
    @Test func aTopOfAnotherSizeIsToldUnderTheNextVersion() async throws {
        try await withFixture(top: 3) { fixture in
            for user in 1...5 { try await fixture.add("u\(user)", Int64(user), "s\(user)") }
            let feed = try RedisTopFeed(
                configuration: fixture.configuration, partitioning: fixture.partitioning,
                eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
            let running = Task { try await feed.run() }
            defer { running.cancel() }
            let tops = NIOLockedValueBox<[Top]>([])
            let isLive = NIOLockedValueBox(false)
            feed.watch(fixture.board, window: "all") { event in
                switch event {
                case .changed(let top): tops.withLockedValue { $0.append(top) }
                case .live: isLive.withLockedValue { $0 = true }
                case .cut: break
                }
            }
            try await eventually("it is live") { isLive.withLockedValue { $0 } }
            let before = try await fixture.page(10)
            var board = fixture.board
            board.top = 4
            try await Self.catalogue(fixture).tellTops(of: board)
            try await eventually("it is told") { !tops.withLockedValue { $0.isEmpty } }
            let told = try #require(tops.withLockedValue { $0.first })
            #expect(told.version == before.top.version + 1 && told.epoch == before.top.epoch)
            #expect(told.entries == Array(before.top.entries.prefix(4)))
            #expect(abs(told.at - before.top.at) < 60_000)
            let after = try await fixture.page(10)
            #expect(after.top.version == told.version && after.top.entries == before.top.entries)
            #expect(try await fixture.events().count == 5, "the ledger is not affected")
        }
    }

    @Test func aTopThatIsEmptyOrClosedIsNoTrouble() async throws {
        try await withFixture { fixture in
            try await Self.catalogue(fixture).tellTops(of: fixture.board)
            let page = try await fixture.page(10)
            #expect(page.top.version == 1 && page.top.entries.isEmpty)
        }
        try await withFixture(isOpen: false) { fixture in
            try await Self.catalogue(fixture).tellTops(of: fixture.board)
            #expect(try await fixture.dump().isEmpty)
        }
    }

    /// A board is read in the partition of its group, also after its group has changed.
    @Test func aBoardThatIsGivenAnotherGroupIsReadThere() async throws {
        try await withFixture(partitions: 16) { fixture in
            try await fixture.add("u1", 5, "s1")
            var moved = fixture.board
            let partitions = fixture.partitioning
            let home = partitions.partition(of: fixture.board)
            moved.group = try #require(
                (0...99).map(String.init).first { group in
                    partitions.partition(of: Board(id: "x", group: group)) != home
                })
            for (board, count) in [(fixture.board, 1), (moved, 0), (fixture.board, 1)] as [(Board, Int64)] {
                let page = try await fixture.reader.read(
                    .page(limit: 10, after: nil), board: board, window: .all)
                #expect(page.total == count)
            }
        }
    }
}
