import Access
import Basics
import Leaderboard
import LocalServers
import RedisClient
import Signing
import Storage
import TestSupport
import Testing

/// The list of ended sessions and API keys in Redis.
@Suite(.timeLimit(.minutes(1)))
struct RedisCredentialsTests {
    private static let ids = (0..<3_000).map { _ in SessionID.random() }

    private static func change(
        _ ended: some Sequence<SessionID> = [], completes: String? = nil,
        keys: (list: APIKeyList, insteadOf: String?)? = nil
    ) -> CredentialChange {
        var change = CredentialChange()
        (change.ended, change.completes, change.keys) = (Array(ended), completes, keys)
        return change
    }

    private static func keys(_ revision: Int64) -> APIKeyList {
        let hash = APIKeyHash(bytes: Array(repeating: UInt8(revision), count: 32))
        return APIKeyList(
            revision: revision,
            keys: hash.map { [.init(id: "k", hash: $0, role: .admin, scopes: [.boardsRead], expiresAt: 7)] } ?? [])
    }

    /// Runs a test with the list of a node that writes, and that of one that reads.
    private func withBoards(
        on server: LocalRedis? = nil,
        _ body: (RedisFixture, _ board: RedisCredentials, _ reader: RedisCredentials) async throws -> Void
    ) async throws {
        func run(_ fixture: RedisFixture) async throws {
            try await body(
                fixture, RedisCredentials(redis: fixture.redis, writes: true),
                RedisCredentials(redis: fixture.other, writes: false))
        }
        if let server { try await withFixture(on: server, run) } else { try await withFixture(run) }
    }

    /// Completes the list for the process that answers.
    private static func complete(
        _ board: RedisCredentials, _ ended: some Sequence<SessionID> = []
    ) async throws -> String {
        let reading = try await board.read(after: .init())
        let list = keys(1)
        try #require(
            try await board.write(change(ended, completes: reading.server, keys: (list, reading.keysTag))))
        return reading.server
    }

    @Test func readersGetWhatCameAfterTheirPosition() async throws {
        try await withBoards { _, board, reader in
            #expect(try await board.read(after: .init()).run == nil)
            let server = try await Self.complete(board, Self.ids.prefix(2))
            var book = CredentialBook(readsPrimary: true)
            var reading = try await board.read(after: book.position)
            #expect(reading.server == server && reading.run == server && !reading.hasMore)
            #expect(reading.sessions.map(\.session) == Array(Self.ids.prefix(2)) && reading.keys == Self.keys(1).keys)
            #expect(book.take(reading, askedAt: 0, now: 0).knownUntil != nil)

            // The same again, and one more.
            #expect(try await board.write(Self.change(Self.ids[0...2])))
            reading = try await board.read(after: book.position)
            #expect(reading.sessions.map(\.session) == [Self.ids[2]] && reading.keys == nil)
            _ = book.take(reading, askedAt: 0, now: 0)
            #expect(try await board.read(after: book.position).sessions == [])

            let beat = try #require(try await reader.read(after: .init()).beat)
            #expect(try await board.write(Self.change()))
            let moved = try await reader.read(after: .init())
            #expect(try #require(moved.beat) > beat && moved.server == "" && moved.run == server)
        }
    }

    @Test func longListsComeInPages() async throws {
        try await withBoards { _, board, _ in
            _ = try await Self.complete(board, Self.ids)
            var book = CredentialBook(readsPrimary: true)
            var pages = 0
            repeat {
                _ = book.take(try await board.read(after: book.position), askedAt: 0, now: 0)
                pages += 1
            } while !book.knows(now: 0) && pages < 10
            #expect(pages == 4 && book.sessions.count == Self.ids.count)
            #expect(Self.ids.allSatisfy { book.sessions.contains($0) })
        }
    }

    @Test func keysAreReplacedOnlyIfTheyAreThoseThatWereSeen() async throws {
        try await withBoards { _, board, _ in
            _ = try await Self.complete(board)
            let (first, second) = (board.tag(of: Self.keys(1)), board.tag(of: Self.keys(2)))
            #expect(!(try await board.write(Self.change(Self.ids.prefix(1), keys: (Self.keys(2), nil)))))
            #expect(try await board.read(after: .init()).sessions == [], "nothing of it counts")
            #expect(try await board.write(Self.change(keys: (Self.keys(2), first))))
            #expect(try await board.read(after: .init()).keys == Self.keys(2).keys)
            // Also back to a lower revision, as after a restore of the database.
            #expect(try await board.write(Self.change(keys: (Self.keys(1), second))))
            #expect(try await board.read(after: .init()).keysTag == first)
        }
    }

    @Test func aListIsCompleteForOneProcess() async throws {
        try await withPrivateRedis { server in
            try await withBoards(on: server) { fixture, board, _ in
                #expect(!(try await board.write(Self.change(completes: "another"))))
                let first = try await Self.complete(board, Self.ids.prefix(2))
                let completion = try #require(try await board.read(after: .init()).completion)
                // Another node that was slower adds to it.
                #expect(try await board.write(Self.change([Self.ids[2]], completes: first)))
                #expect(try await board.read(after: .init()).completion == completion)

                await server.kill()
                try await server.restart()
                try await fixture.redis.waitUntilConnected(timeout: .seconds(20))
                var reading = CredentialReading()
                try await eventually("it answers") {
                    reading = try await board.read(after: .init())
                    return true
                }
                #expect(reading.run == first && reading.server != first)
                // Whoever writes to it says that it is not complete.
                #expect(try await board.write(Self.change([Self.ids[3]])))
                #expect(try await board.read(after: .init()).run == nil)
                let second = try await Self.complete(board, Self.ids.prefix(5))
                reading = try await board.read(after: .init())
                #expect(reading.run == second && reading.completion != completion && reading.sessions.count == 5)

                _ = try await fixture.redis.command("FLUSHALL")
                reading = try await board.read(after: .init())
                #expect(reading.run == nil && reading.sessions == [] && reading.keysTag == nil)
                #expect(try await Self.complete(board) == second)
            }
        }
    }

    /// Scores that came from a list whose time is gone must not hide new sessions.
    @Test func aListWithoutItsTimeBeginsAgain() async throws {
        try await withBoards { fixture, board, _ in
            _ = try await Self.complete(board, Self.ids.prefix(3))
            _ = try await fixture.redis.command("DEL", "{sc00}:credentials")
            #expect(try await board.write(Self.change([Self.ids[5]])))
            #expect(try await board.read(after: .init()).sessions.map(\.session) == [Self.ids[5]])
        }
    }

    /// Neither a step of Redis' clock forward nor one back drops a session or hides a new one.
    @Test func noStepOfTheClockMatters() async throws {
        let start: Int64 = 1_790_000_000_000
        let clock = try SetClock(at: start)
        try await withPrivateRedis(clock: clock) { server in
            try await withBoards(on: server) { _, board, _ in
                _ = try await Self.complete(board, Self.ids.prefix(1))
                var book = CredentialBook(readsPrimary: true)
                _ = book.take(try await board.read(after: book.position), askedAt: 0, now: 0)
                for (index, hours) in [Int64(24), -48, 72].enumerated() {
                    try clock.set(start + hours * 3_600_000)
                    #expect(try await board.write(Self.change()))
                    #expect(try await board.write(Self.change([Self.ids[index + 1]])))
                    let reading = try await board.read(after: book.position)
                    #expect(reading.sessions.map(\.session) == [Self.ids[index + 1]], "\(hours) h")
                    _ = book.take(reading, askedAt: 0, now: 0)
                }
                #expect(try await board.read(after: .init()).sessions.count == 4, "all are there")
            }
        }
    }

    @Test func oldSessionsAreTrimmed() async throws {
        try await withBoards { fixture, board, _ in
            _ = try await Self.complete(board, Self.ids.prefix(2))
            // The list's time, without the first session, as after 20 minutes.
            let score = Double(-EndedSessions.keptMilliseconds) * 1_000
            _ = try await fixture.redis.command("ZADD", "{sc00}:revoked", String(Int64(score)), Self.ids[0].description)
            #expect(try await board.write(Self.change()))
            #expect(try await board.read(after: .init()).sessions.map(\.session) == [Self.ids[1]])
        }
    }
}
