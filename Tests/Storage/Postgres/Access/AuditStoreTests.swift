import Access
import PostgresClient
import Storage
import Testing

/// The audit log in Postgres.
@Suite(.timeLimit(.minutes(1))) struct AuditStoreTests {
    @Test func eachEntryIsARow() async throws {
        try await withDatabase { fixture in
            let store = PostgresAuditStore(pool: fixture.pool)
            try await store.add([])
            try await store.add([
                AuditEntry(
                    actor: "admin \u{0}\n{\"'\\", act: "board.reset", subject: "arcade",
                    detail: ["window": "all", "\"": "\u{0}\\"], address: "203.0.113.7", at: 1_790_000_000_123),
                AuditEntry(actor: "u1", act: "PUT /boards/{id}", outcome: .refused, at: 1_790_000_000_124),
            ])
            let rows = try await fixture.column(
                """
                SELECT concat_ws('|', (extract(epoch FROM at) * 1000)::bigint, actor, act, coalesce(subject, 'NULL'),
                    outcome, detail, coalesce(address, 'NULL'))
                FROM audit_log ORDER BY entry_id
                """)
            #expect(
                rows == [
                    #"1790000000123|admin \u0000\n{"'\|board.reset|arcade|done|"#
                        + #"{"\"": "\\u0000\\", "window": "all"}|203.0.113.7"#,
                    "1790000000124|u1|PUT /boards/{id}|NULL|refused|{}|NULL",
                ])
        }
    }
}
