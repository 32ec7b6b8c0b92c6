import Leaderboard
import NIOConcurrencyHelpers
import NIOPosix
import Players
import RedisClient
import Storage
import TestSupport
import Testing

/// What passes between gateways and play nodes over Redis.
@Suite(.timeLimit(.minutes(1)))
struct LiveLineTests {
    private static let challenge = "abcdefghijklmnopqrst-_"

    @Test("Payloads come back as they were sent, and malformed ones are refused")
    func codec() {
        let progress = RoomProgress(userID: "ü\"1", progress: 7, state: "{\n\"a\":[1]}", stamp: 5)
        for act in [RoomCall.Act.join, .hint, .progress(progress)] {
            let call = LiveCodec.Call(
                id: "i", gateway: "g", call: RoomCall(challenge: Self.challenge, userID: "u", act: act))
            #expect(LiveCodec.call(LiveCodec.encode(call)) == call)
        }
        let answers: [RoomAnswer] = [
            .done([]), .done([progress, RoomProgress(userID: "v", progress: 0, state: nil, stamp: 1)]),
            .message(#"{"type":"hint"}"#), .refused(code: "forbidden", message: "No."), .unavailable,
        ]
        for answer in answers {
            let decoded = LiveCodec.answer(LiveCodec.encode(answer, to: "7"))
            #expect(decoded?.id == "7" && decoded?.answer == answer)
        }
        #expect(LiveCodec.news(LiveCodec.encode(progress)) == .progress(progress))
        let presence = GatewayPresence(gateway: "g", count: 3, asks: true)
        #expect(LiveCodec.news(LiveCodec.encode(presence)) == .presence(presence))
        let message = UserMessage(userID: "u", isNotification: true, text: "{\n}")
        #expect(LiveCodec.message(LiveCodec.encode(message)) == message)
        for text in ["", "x", "{}", "[]", #"{"id":1}"#, #"{"user":"u","percent":101,"stamp":1}"#] {
            #expect(LiveCodec.call(text) == nil && LiveCodec.answer(text) == nil && LiveCodec.news(text) == nil)
            #expect(LiveCodec.message(text) == nil && LiveCodec.moves(text) == nil)
        }
        #expect(LiveCodec.moves("all\n1\nu\n\nshort") == nil)
    }

    private final class Story: Sendable {
        private let events = NIOLockedValueBox<[LiveEvent]>([])

        func take(_ event: LiveEvent) { events.withLockedValue { $0.append(event) } }

        var moves: [ScoreMoves] {
            events.withLockedValue { events in
                events.compactMap { if case .moves(let moves, _) = $0 { moves } else { nil } }
            }
        }

        var isLive: Bool {
            events.withLockedValue { $0.contains { if case .live(.moves) = $0 { true } else { false } } }
        }
    }

    private func withLine(
        _ fixture: RedisFixture, _ body: (RedisLiveLine, Story) async throws -> Void
    ) async throws {
        let line = try RedisLiveLine(
            redis: fixture.redis, partitioning: fixture.partitioning,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
        let story = Story()
        line.begin(story.take)
        try await withRunning(line.run) { try await body(line, story) }
    }

    private func listen(_ line: RedisLiveLine, _ fixture: RedisFixture) async throws {
        let result = await withCheckedContinuation { continuation in
            line.listen(to: fixture.board, window: "all") { continuation.resume(returning: $0) }
        }
        try result.get()
    }

    @Test("Moves are published while somebody listens, with the places before and after")
    func moves() async throws {
        try await withFixture { fixture in
            try await withLine(fixture) { line, story in
                try await fixture.add("quiet", 1, "s0")
                try await listen(line, fixture)
                try await eventually("it is live") { story.isLive }
                try await fixture.add("u1", 5, "s1")
                try await fixture.add("u1", 2, "s2")
                try await eventually("both moves arrive") { story.moves.count == 2 }
                let moves = story.moves.flatMap(\.moves)
                #expect(story.moves.allSatisfy { $0.period == "all" })
                #expect(moves.map(\.userID) == ["u1", "u1"])
                #expect(moves[0].before == nil && moves[0].after.score == 5)
                #expect(moves[1].before == moves[0].after && moves[1].after.score == 7)
                let entry = try await fixture.read(.users(["u1"])).entries.first
                #expect(entry?.after == moves[1].after, "the place is that of reads")

                // The time is over: as if 30 s had passed.
                let field = "listen:\(fixture.board.id):all"
                let meta = fixture.keys.partition.meta
                let ends = try await fixture.redis.command("HGET", meta, field).int64
                let now = try await fixture.time() / 1000
                #expect(try #require(ends) > now + 25_000)
                try await fixture.redis.command("HSET", meta, field, String(now - 1))
                try await fixture.add("u1", 1, "s3")
                try await listen(line, fixture)
                try await fixture.add("u1", 1, "s4")
                try await eventually("the last move arrives") { story.moves.last?.moves.first?.after.score == 9 }
                #expect(story.moves.count == 3)
            }
        }
    }

    @Test("Ascending boards and dense ranks publish scores, not values")
    func ascending() async throws {
        let rules = BoardRules(operator: .set, order: .ascending, ties: .dense, allowDecrease: true)
        try await withFixture(rules: rules) { fixture in
            try await withLine(fixture) { line, story in
                try await listen(line, fixture)
                try await eventually("it is live") { story.isLive }
                try await fixture.add("u1", 50, "s1")
                try await fixture.add("u1", 40, "s2")
                try await eventually("both moves arrive") { story.moves.count == 2 }
                #expect(story.moves[1].moves[0].before?.score == 50 && story.moves[1].moves[0].after.score == 40)
            }
        }
    }

    @Test("A closed partition is not listened to, and gets no fields")
    func closed() async throws {
        try await withFixture(isOpen: false) { fixture in
            try await withLine(fixture) { line, _ in
                await #expect(throws: StoreError.self) { try await listen(line, fixture) }
                let exists = try await fixture.redis.command("EXISTS", fixture.keys.partition.meta)
                #expect(exists.int64 == 0)
            }
        }
    }
}
