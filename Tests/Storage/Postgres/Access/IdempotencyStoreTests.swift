import Access
import PostgresClient
import Storage
import Testing

/// The answers to requests with an `Idempotency-Key` in Postgres.
@Suite(.timeLimit(.minutes(1))) struct IdempotencyStoreTests {
    private static func request(_ body: String = "b", user: String = "u1", key: String = "k") throws
        -> IdempotentRequest
    {
        IdempotentRequest(
            user: user, key: try #require(try IdempotencyKey([key])), method: "POST", uri: "/a", body: body.utf8)
    }

    private static func lock(_ standing: IdempotencyStanding) throws -> Int64 {
        guard case .begun(let lock) = standing else {
            Issue.record("\(standing)")
            return 0
        }
        return lock
    }

    @Test func anAnswerIsKept() async throws {
        try await withDatabase { fixture in
            let store = PostgresIdempotencyStore(pool: fixture.pool)
            let lock = try Self.lock(try await store.begin(Self.request()))
            #expect(try await store.begin(Self.request()) == .inProgress)
            #expect(try await store.begin(Self.request("c")) == .reused)
            _ = try Self.lock(try await store.begin(Self.request("c", user: "u2")))
            let answer = IdempotentAnswer(status: 201, body: [0, 255, 10])
            try await store.keep(answer, to: Self.request(), lock: lock)
            #expect(try await store.begin(Self.request()) == .answered(answer))
            #expect(try await store.begin(Self.request("c")) == .reused)
            try await store.forget(Self.request(), lock: lock)
            #expect(try await store.begin(Self.request()) == .answered(answer), "it is not locked any more")
        }
    }

    @Test func aForgottenRequestMayRunAgain() async throws {
        try await withDatabase { fixture in
            let store = PostgresIdempotencyStore(pool: fixture.pool)
            let lock = try Self.lock(try await store.begin(Self.request()))
            try await store.forget(Self.request(), lock: lock)
            _ = try Self.lock(try await store.begin(Self.request("other")))
        }
    }

    @Test("the lock of a dead node ends after a minute, and its late answer counts no more")
    func locksEnd() async throws {
        try await withDatabase { fixture in
            let store = PostgresIdempotencyStore(pool: fixture.pool)
            let first = try Self.lock(try await store.begin(Self.request()))
            try await fixture.run("UPDATE idempotency_keys SET locked_until = locked_until - interval '59 seconds'")
            #expect(try await store.begin(Self.request()) == .inProgress)
            try await fixture.run("UPDATE idempotency_keys SET locked_until = locked_until - interval '1 second'")
            #expect(try await store.begin(Self.request("other")) == .reused)
            let second = try Self.lock(try await store.begin(Self.request()))
            try await store.keep(IdempotentAnswer(status: 200, body: [1]), to: Self.request(), lock: first)
            #expect(try await store.begin(Self.request()) == .inProgress)
            try await store.keep(IdempotentAnswer(status: 200, body: [2]), to: Self.request(), lock: second)
            #expect(try await store.begin(Self.request()) == .answered(IdempotentAnswer(status: 200, body: [2])))
        }
    }

    @Test func afterADayAKeyIsNewAgain() async throws {
        try await withDatabase { fixture in
            let store = PostgresIdempotencyStore(pool: fixture.pool)
            let lock = try Self.lock(try await store.begin(Self.request()))
            let answer = IdempotentAnswer(status: 200, body: [])
            try await store.keep(answer, to: Self.request(), lock: lock)
            try await fixture.run(
                "UPDATE idempotency_keys SET created_at = created_at - interval '23 hours 59 minutes'")
            #expect(try await store.begin(Self.request()) == .answered(answer))
            try await fixture.run("UPDATE idempotency_keys SET created_at = created_at - interval '1 minute'")
            _ = try Self.lock(try await store.begin(Self.request("other")))
        }
    }

    @Test func keysOfYesterdayAreDeleted() async throws {
        try await withDatabase { fixture in
            let store = PostgresIdempotencyStore(pool: fixture.pool)
            for key in ["k1", "k2", "k3"] { _ = try Self.lock(try await store.begin(Self.request(key: key))) }
            try await fixture.run("UPDATE idempotency_keys SET created_at = created_at - interval '1 day'")
            _ = try Self.lock(try await store.begin(Self.request(key: "k4")))
            #expect(try await store.sweep(limit: 2) == 2)
            #expect(try await store.sweep(limit: 2) == 1)
            #expect(try await store.sweep(limit: 2) == 0)
            #expect(try await store.begin(Self.request(key: "k4")) == .inProgress)
        }
    }

    @Test("of 64 requests at once, on several connections, one begins")
    func oneBegins() async throws {
        try await withDatabase { fixture in
            let store = PostgresIdempotencyStore(pool: fixture.pool)
            for round in 0..<5 {
                let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<64 {
                        group.addTask {
                            if case .begun = try await store.begin(Self.request(key: "k\(round)")) {
                                true
                            } else {
                                false
                            }
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(begun == 1)
            }
        }
    }
}
