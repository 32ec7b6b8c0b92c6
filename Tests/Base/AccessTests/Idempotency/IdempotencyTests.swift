import Access
import HTTPKit
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import Signing
import TestSupport
import Testing

/// Requests with an `Idempotency-Key`, on a store in memory.
@Suite(.timeLimit(.minutes(1))) struct IdempotencyTests {
    /// A store in memory, without times.
    private final class Store: IdempotencyStore {
        private struct Kept { var fingerprint: [UInt8]; var answer: IdempotentAnswer? }
        private let kept = NIOLockedValueBox<[String: Kept]>([:])
        let isAway = NIOLockedValueBox(false)

        private struct Away: Error {}

        func begin(_ request: IdempotentRequest) async throws -> IdempotencyStanding {
            if isAway.withLockedValue({ $0 }) { throw Away() }
            return kept.withLockedValue { kept in
                let name = "\(request.user) \(request.key)"
                guard let known = kept[name] else {
                    kept[name] = Kept(fingerprint: request.fingerprint)
                    return .begun(lock: 1)
                }
                guard known.fingerprint == request.fingerprint else { return .reused }
                return known.answer.map { .answered($0) } ?? .inProgress
            }
        }

        func keep(_ answer: IdempotentAnswer, to request: IdempotentRequest, lock: Int64) async throws {
            kept.withLockedValue { $0["\(request.user) \(request.key)"]?.answer = answer }
        }

        func forget(_ request: IdempotentRequest, lock: Int64) async throws {
            kept.withLockedValue { $0["\(request.user) \(request.key)"] = nil }
        }
    }

    private struct Fixture {
        let table: TestTable
        let store: Store
        let runs: NIOLockedValueBox<Int>
    }

    /// The route answers with the number of its run, and with the status that the body asks for.
    private static func fixture() async throws -> Fixture {
        let (store, runs) = (Store(), NIOLockedValueBox(0))
        let idempotency = Idempotency(store: store, logger: quietLogger)
        let table = try await TestTable { table in
            table.add(.post, "/coins/{id}", .users(.playWrite), idempotency: idempotency) { request in
                let body = String(buffer: try await request.json(upTo: 100))
                let run = runs.withLockedValue { runs in
                    runs += 1
                    return runs
                }
                await Task.yield()
                return Reply(
                    status: HTTPResponseStatus(statusCode: Int(body) ?? 200), body: ByteBuffer(string: "\(run)"))
            }
            table.add(.post, "/staff", .admins(.usersWrite), idempotency: idempotency) { _ in
                Reply(status: .ok, body: ByteBuffer())
            }
        }
        return Fixture(table: table, store: store, runs: runs)
    }

    @Test func theFirstAnswerIsGivenAgain() async throws {
        let table = try await Self.fixture().table
        let first = try await table.send(.post, "/coins/a", "201", as: .player, key: "k")
        #expect(first == TestTable.Answer(status: 201, body: "1"))
        let again = try await table.send(.post, "/coins/a", "201", as: .player, key: "k")
        #expect(again == TestTable.Answer(status: 201, body: "1", replayed: true))
        #expect(try await table.send(.post, "/coins/a", "201", as: .player, key: "l").body == "2")
        #expect(try await table.send(.post, "/coins/a", "201", as: .player).body == "3", "without a key")
        #expect(try await table.send(.post, "/coins/a", "201", as: .player, user: "u2", key: "k").body == "4")
        // A refusal of the work is an answer too.
        #expect(try await table.send(.post, "/coins/a", "409", as: .player, key: "m").status == 409)
        #expect(try await table.send(.post, "/coins/a", "409", as: .player, key: "m").replayed)
    }

    @Test func anotherRequestIsRefused() async throws {
        let table = try await Self.fixture().table
        _ = try await table.send(.post, "/coins/a", "200", as: .player, key: "k")
        for (path, body) in [("/coins/a", "201"), ("/coins/b", "200"), ("/coins/a?x", "200"), ("/coins/a", "")] {
            let answer = try await table.send(.post, path, body, as: .player, key: "k")
            #expect(answer.status == 422 && answer.body.contains("idempotency_key_reused"), "\(path) \(body)")
        }
    }

    @Test func answersThatAskToTryAgainAreNotKept() async throws {
        let fixture = try await Self.fixture()
        for status in [503, 500, 429] {
            #expect(
                try await fixture.table.send(.post, "/coins/a", "\(status)", as: .player, key: "k").status == status)
            let again = try await fixture.table.send(.post, "/coins/a", "\(status)", as: .player, key: "k")
            #expect(again.status == status && !again.replayed)
        }
        #expect(fixture.runs.withLockedValue { $0 } == 6)
    }

    @Test("of 64 requests at once one runs; the others wait for its answer, or get it")
    func oneRuns() async throws {
        let fixture = try await Self.fixture()
        let answers = try await withThrowingTaskGroup(of: TestTable.Answer.self) { group in
            for _ in 0..<64 {
                group.addTask { try await fixture.table.send(.post, "/coins/a", "200", as: .player, key: "k") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(fixture.runs.withLockedValue { $0 } == 1)
        #expect(answers.filter { $0.status == 200 && !$0.replayed }.count == 1)
        #expect(answers.allSatisfy { $0.status == 409 || $0.body == "1" })
    }

    @Test func keysOfTheWrongFormAreRefused() async throws {
        let fixture = try await Self.fixture()
        for key in ["", "a b", "ä", String(repeating: "k", count: 65), "a\tb"] {
            let answer = try await fixture.table.send(.post, "/coins/a", "200", as: .player, key: key)
            #expect(answer.status == 400, "\(key)")
            #expect(answer.body.contains(#""field":"Idempotency-Key""#))
        }
        #expect(
            try await fixture.table.send(.post, "/coins/a", "200", as: .player, key: String(repeating: "k", count: 64))
                .status == 200)
        #expect(fixture.runs.withLockedValue { $0 } == 1)
    }

    @Test func whoMayNotUseTheRouteLeavesNoTrace() async throws {
        let fixture = try await Self.fixture()
        #expect(try await fixture.table.send(.post, "/staff", as: .player, key: "k").status == 403)
        #expect(try await fixture.table.send(.post, "/staff", as: .admin, key: "k") == .init(status: 200, body: ""))
        #expect(try await fixture.table.send(.post, "/coins/a", "200", key: "k").status == 401)
    }

    @Test func withoutTheStoreNothingRuns() async throws {
        let fixture = try await Self.fixture()
        fixture.store.isAway.withLockedValue { $0 = true }
        #expect(try await fixture.table.send(.post, "/coins/a", "200", as: .player, key: "k").status == 503)
        #expect(try await fixture.table.send(.post, "/coins/a", "200", as: .player).status == 200)
        #expect(fixture.runs.withLockedValue { $0 } == 1)
    }
}
