import Leaderboard
import Players
import Storage
import Testing

/// Profiles in Postgres.
struct ProfileStoreTests {
    @Test("A change keeps the members that it does not name")
    func changes() async throws {
        try await withDatabase { database in
            let store = PostgresProfileStore(pool: database.pool)
            #expect(try await store.profile(of: "u1") == nil)
            var change = ProfileChange()
            change.name = "Ada"
            change.preferences = #"{"b":1e300, "a":"\u00e9"}"#
            let first = try await store.change(change, of: "u1")
            #expect(first.name == "Ada" && first.preferences == #"{"b":1e300, "a":"\u00e9"}"# && first.createdAt > 0)
            change = ProfileChange()
            (change.country, change.job, change.timeZone) = ("DE", "smith", "Europe/Berlin")
            change.avatarURL = "https://e.com/a"
            #expect(try await store.change(change, of: "u1").name == "Ada")
            change = ProfileChange()
            (change.name, change.preferences) = (.some(nil), .some(nil))
            let last = try await store.change(change, of: "u1")
            let expected = Profile(
                userID: "u1", avatarURL: "https://e.com/a", country: "DE", job: "smith", timeZone: "Europe/Berlin",
                createdAt: first.createdAt)
            #expect(last == expected)
            #expect(try await store.profile(of: "u1") == expected)
            #expect(try await store.profile(of: "u2") == nil)
        }
    }

    @Test("Writers of different members do not lose each other's")
    func concurrentWriters() async throws {
        try await withDatabase { database in
            let store = PostgresProfileStore(pool: database.pool)
            for _ in 0..<20 {
                try await database.run("DELETE FROM profiles")
                var (name, country) = (ProfileChange(), ProfileChange())
                (name.name, country.country) = ("Ada", "GB")
                let changes = [name, country]
                try await withThrowingTaskGroup { group in
                    for change in changes { group.addTask { _ = try await store.change(change, of: "u1") } }
                    try await group.waitForAll()
                }
                let profile = try await store.profile(of: "u1")
                #expect(profile?.name == "Ada" && profile?.country == "GB")
            }
        }
    }

    @Test("User ids are told apart by their bytes")
    func composedIDs() async throws {
        try await withDatabase { database in
            let store = PostgresProfileStore(pool: database.pool)
            var change = ProfileChange()
            change.name = "one"
            _ = try await store.change(change, of: "e\u{301}")
            #expect(try await store.profile(of: "\u{e9}") == nil)
        }
    }
}
