import Access
import Leaderboard
import PostgresClient
import Signing
import Storage
import TestSupport
import Testing

/// Ended sessions and API keys in Postgres.
@Suite(.timeLimit(.minutes(1)))
struct PostgresCredentialsTests {
    @Test func findsTheSessionsThatEndedLately() async throws {
        try await withDatabase { fixture in
            let store = PostgresCredentials(pool: fixture.pool)
            let (new, old) = (SessionID.random(), SessionID.random())
            try await fixture.run(
                """
                INSERT INTO ended_sessions VALUES ('\(new)', now() - interval '5 s'),
                    ('\(old)', now() - interval '1 h'), ('no session, 22 letters', now())
                """)
            #expect(try await store.look(within: 60_000).ended == [new])
            #expect(Set(try await store.look(within: 7_200_000).ended) == [new, old])
        }
    }

    @Test func findsTheKeysThatAreNotRevoked() async throws {
        try await withDatabase { fixture in
            let store = PostgresCredentials(pool: fixture.pool)
            let before = try await store.look(within: 0).keysRevision
            #expect(try await store.keys().keys == [])
            func insert(_ id: String, _ byte: String, _ more: String) async throws {
                try await fixture.run(
                    """
                    INSERT INTO api_keys (key_id, name, key_hash, role, scopes, created_by, expires_at, revoked_at)
                    VALUES ('\(id)', 'a', decode(repeat('\(byte)', 32), 'hex'), \(more))
                    """)
            }
            try await insert("a", "01", "'admin', '{boards:read,nonsense}', 'x', '2100-01-01T00:00:00.5Z', NULL")
            try await insert("b", "02", "'service', '{}', 'x', NULL, NULL")
            try await insert("c", "03", "'service', '{}', 'x', now() - interval '1 s', NULL")
            try await insert("d", "04", "'service', '{}', 'x', NULL, now()")
            let list = try await store.keys()
            #expect(list.keys.map(\.id) == ["a", "b"] && list.revision == before + 4)
            let key = try #require(list.keys.first)
            #expect(key.role == .admin && key.scopes == [.boardsRead] && key.expiresAt == 4_102_444_800_500)
            #expect(key.hash == APIKeyHash(bytes: Array(repeating: 1, count: 32)))
            try await fixture.run("UPDATE api_keys SET revoked_at = now() WHERE key_id = 'a'")
            #expect(try await store.look(within: 0).keysRevision == before + 5)
            #expect(try await store.keys().keys.map(\.id) == ["b"])
        }
    }
}
