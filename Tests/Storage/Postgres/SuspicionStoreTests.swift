import Leaderboard
import PostgresClient
import Storage
import Testing

/// The audit of suspicions in Postgres.
@Suite(.timeLimit(.minutes(1)))
struct SuspicionStoreTests {
    /// 2026-09-21 14:14:00 UTC.
    private static let minute: Int64 = 1_790_000_040_000

    private static func summary(
        _ user: String, _ reason: String = "velocity", at: Int64 = minute + 1_234, points: Int64 = 5, attempts: Int = 1
    ) -> SuspicionSummary {
        let action = SuspiciousAction(
            board: "global", action: "kill", points: points, nonce: "nonce0001", signature: "signature")
        var summary = SuspicionSummary(Suspicion(reason: reason, userID: user, at: at, action: action))
        for _ in 1..<attempts { summary.merge(summary.once) }
        return summary
    }

    private static let columns = """
        SELECT concat_ws('|', extract(epoch FROM minute)::bigint, user_id, reason, attempts,
            (extract(epoch FROM first_at) * 1000)::bigint, (extract(epoch FROM last_at) * 1000)::bigint,
            coalesce(board, 'NULL'), coalesce(action_id, 'NULL'), coalesce(points::text, 'NULL'),
            coalesce(nonce, 'NULL'), coalesce(signature, 'NULL'), coalesce(presented, 'NULL'), node)
        FROM suspicions ORDER BY user_id COLLATE "C", reason
        """

    @Test("Each summary is a row, whatever was presented")
    func rows() async throws {
        try await withDatabase { fixture in
            let store = PostgresSuspicionStore(pool: fixture.pool, node: "a:8080")
            try await store.add([])
            let forged = SuspicionSummary(
                Suspicion(reason: "bad_signature", userID: "u2", at: Self.minute + 5, presented: "v1.\\N\u{0}{,\"}'"))
            try await store.add([Self.summary("u1"), forged])
            #expect(
                try await fixture.column(Self.columns) == [
                    "1790000040|u1|velocity|1|1790000041234|1790000041234|global|kill|5|nonce0001|signature|NULL|"
                        + "a:8080",
                    "1790000040|u2|bad_signature|1|1790000040005|1790000040005|NULL|NULL|NULL|NULL|NULL|"
                        + "v1.\\N?{,\"}'|a:8080",
                ])
        }
    }

    /// Repeated attempts increase a number, on whichever node they occur and however often they are written.
    @Test func oneRowForEachUserMinuteAndReason() async throws {
        try await withDatabase { fixture in
            let nodes = ["a:1", "b:2"].map { PostgresSuspicionStore(pool: fixture.pool, node: $0) }
            for round: Int64 in 0..<10 {
                for node in nodes {
                    try await node.add([
                        Self.summary("u1", at: Self.minute + 30_000 - round * 1_000, points: round, attempts: 3)
                    ])
                }
            }
            #expect(
                try await fixture.column(Self.columns) == [
                    "1790000040|u1|velocity|60|1790000061000|1790000070000|global|kill|9|nonce0001|signature|NULL|a:1"
                ])
        }
    }

    @Test func usersThatLookAlikeAndManyAtOnce() async throws {
        try await withDatabase { fixture in
            let store = PostgresSuspicionStore(pool: fixture.pool, node: "a")
            let users = (0..<500).map { "u\($0)" } + ["caf\u{e9}", "cafe\u{301}", "'; DROP TABLE suspicions; --"]
            // The same rows in two orders at the same time: neither statement waits for a row of the other while the
            // other waits for it.
            async let one: Void = store.add(users.map { Self.summary($0) })
            async let other: Void = store.add(users.reversed().map { Self.summary($0) })
            _ = try await (one, other)
            #expect(
                try await fixture.column(
                    "SELECT concat_ws(' ', count(*), min(attempts), max(attempts)) FROM suspicions")
                    == ["503 2 2"])
        }
    }

    @Test("A table that is missing is an error of the store")
    func trouble() async throws {
        try await withDatabase { fixture in
            let store = PostgresSuspicionStore(pool: fixture.pool, node: "a")
            try await fixture.run("DROP TABLE suspicions")
            let error = await #expect(throws: StoreError.self) { try await store.add([Self.summary("u1")]) }
            #expect(error?.kind == .unavailable)
        }
    }
}

extension SuspicionSummary {
    /// A summary of the first attempt only.
    fileprivate var once: SuspicionSummary { SuspicionSummary(first) }
}
