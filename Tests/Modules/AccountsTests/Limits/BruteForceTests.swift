import Accounts
import RedisClient
import TestSupport
import Testing

/// What somebody can try who guesses. The clock of Redis is set by the test.
@Suite(.timeLimit(.minutes(2)))
struct BruteForceTests {
    private static let start: Int64 = 1_790_000_000_000

    @Test("After 5 failures of an account no guess is looked at, for twice as long each time") func account()
        async throws
    {
        let clock = try SetClock(at: Self.start)
        try await withAccounts(clock: clock) { accounts in
            try await accounts.register("Ada")
            for name in ["Ada", "Nobody"] {
                let hashes = accounts.passwords.hashes
                for _ in 0..<5 {
                    #expect(try await accounts.logIn(name, "wrong password").outcome == "401 invalid_credentials")
                }
                #expect(accounts.passwords.hashes == hashes + 5)
                var wait = 1
                for failures in 6...18 {
                    let refused = try await accounts.logIn(name.uppercased(), from: "198.51.100.7")
                    #expect(refused.outcome == "429 rate_limited" && refused.retryAfter == wait, "\(failures)")
                    #expect(!refused.body.contains(name))
                    try clock.set(clock.now + Int64(wait) * 1000 - 1)
                    #expect(try await accounts.logIn(name).outcome == "429 rate_limited")
                    #expect(accounts.passwords.hashes == hashes + failures - 1, "nobody looked at it")
                    try clock.set(clock.now + 1)
                    // From several addresses, so that theirs do not wait.
                    let answer = try await accounts.logIn(name, "wrong password", from: "203.0.113.\(failures)")
                    #expect(answer.outcome == "401 invalid_credentials", "\(failures)")
                    wait = min(2 * wait, 900)
                }
            }
        }
    }

    @Test("The right password ends the count; time does so, too") func forgotten() async throws {
        let clock = try SetClock(at: Self.start)
        try await withAccounts(clock: clock) { accounts in
            try await accounts.register("Ada")
            func fail(_ count: Int) async throws {
                for number in 0..<count {
                    let answer = try await accounts.logIn("Ada", "wrong password", from: "203.0.113.\(number)")
                    #expect(answer.outcome == "401 invalid_credentials")
                }
            }
            try await fail(4)
            #expect(try await accounts.logIn("Ada").status == 200)
            try await fail(5)
            #expect(try await accounts.logIn("Ada").outcome == "429 rate_limited")
            try clock.set(clock.now + 1000)
            #expect(try await accounts.logIn("Ada").status == 200)
            try await fail(5)
            // The wait of a second, and 15 minutes after it.
            try clock.set(clock.now + 901_001)
            try await fail(5)
        }
    }

    @Test("Guesses at once count before anybody looks at them") func parallel() async throws {
        try await withAccounts { accounts in
            try await accounts.register("Ada")
            let hashes = accounts.passwords.hashes
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await accounts.logIn("Ada", "guess \(number)", from: "198.51.100.\(number)").outcome
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "401 invalid_credentials" } == 5)
            #expect(outcomes.count { $0 == "429 rate_limited" } == 95)
            #expect(accounts.passwords.hashes == hashes + 5)
        }
    }

    @Test("20 failures from an address, and then all behind it wait, for no longer than the docs say") func address()
        async throws
    {
        let clock = try SetClock(at: Self.start)
        try await withAccounts(clock: clock) { accounts in
            try await accounts.register("Ada")
            try await accounts.register("Bob")
            // Somebody guesses at Ada; Bob has the same address.
            for _ in 0..<5 { _ = try await accounts.logIn("Ada", "wrong password") }
            #expect(try await accounts.logIn("Ada").outcome == "429 rate_limited")
            #expect(try await accounts.logIn("Bob").status == 200)
            // Many names, one guess each.
            for number in 0..<15 {
                #expect(try await accounts.logIn("user\(number)", "wrong").outcome == "401 invalid_credentials")
            }
            let hashes = accounts.passwords.hashes
            let refused = try await accounts.logIn("Bob")
            #expect(refused.outcome == "429 rate_limited" && refused.retryAfter == 1)
            #expect(accounts.passwords.hashes == hashes)
            #expect(try await accounts.logIn("Bob", from: "192.0.2.2").status == 200)
            for number in 0..<12 {
                try clock.set(clock.now + Int64(min(900, 1 << number)) * 1000)
                #expect(try await accounts.logIn("name\(number)", "wrong").outcome == "401 invalid_credentials")
            }
            #expect(try await accounts.logIn("Bob").retryAfter == 900)
            try clock.set(clock.now + 900_000)
            #expect(try await accounts.logIn("Bob").status == 200)
        }
    }

    @Test("What is kept names nobody, and goes by itself") func keys() async throws {
        try await withAccounts { accounts in
            _ = try await accounts.logIn("Ada", "wrong password")
            let found = try await accounts.redis.command("KEYS", "*").array?.compactMap(\.string) ?? []
            #expect(found.count == 2 && found.allSatisfy { !$0.contains("Ada") && !$0.contains("192.0.2.1") })
            #expect(found.allSatisfy { $0.contains("{sc00}:attempts:") })
            for key in found {
                let life = try await accounts.redis.command("PTTL", key).int64 ?? -1
                #expect((800_000...900_000).contains(life))
            }
        }
    }

    @Test("A clock that was ahead locks nobody out for longer") func clockAhead() async throws {
        let clock = try SetClock(at: Self.start + 86_400_000)
        try await withAccounts(clock: clock) { accounts in
            for _ in 0..<5 { _ = try await accounts.logIn("Ada", "wrong password") }
            try clock.set(Self.start)
            #expect(try await accounts.logIn("Ada").retryAfter == 900)
        }
    }
}
