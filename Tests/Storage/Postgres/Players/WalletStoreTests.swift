import Leaderboard
import Players
import Storage
import Testing

/// Wallets in Postgres.
struct WalletStoreTests {
    private func change(
        _ way: WalletChange.Way, _ reference: String, _ currency: Currency = .coins, reason: String = "test"
    ) -> WalletChange {
        WalletChange(userID: "u1", currency: currency, way: way, reason: reason, reference: reference)
    }

    /// The entry of an outcome that made one.
    private func made(_ outcome: WalletOutcome) -> WalletEntry? {
        if case .made(let entry) = outcome { entry } else { nil }
    }

    @Test("Credits, spends, adjustments and settings each make an entry")
    func changes() async throws {
        try await withDatabase { database in
            let store = PostgresWalletStore(pool: database.pool)
            #expect(try await store.wallet(of: "u1") == Wallet(userID: "u1"))
            let first = try #require(made(try await store.make(change(.credit(10), "1"))))
            #expect(first.amount == 10 && first.balance == 10 && first.reason == "test" && first.reference == "1")
            #expect(made(try await store.make(change(.spend(4), "2")))?.balance == 6)
            #expect(try await store.make(change(.spend(7), "3")) == .insufficient(balance: 6))
            #expect(made(try await store.make(change(.adjust(-8), "4")))?.balance == -2)
            #expect(made(try await store.make(change(.set(5), "5")))?.amount == 7)
            #expect(try await store.make(change(.set(5), "6")) == .unchanged(balance: 5))
            #expect(try await store.make(change(.credit(.max), "7")) == .outOfBounds(balance: 5))
            #expect(made(try await store.make(change(.credit(3), "1", .tokens)))?.balance == 3)
            #expect(try await store.wallet(of: "u1") == Wallet(userID: "u1", coins: 5, tokens: 3))
        }
    }

    @Test("The same reason and reference count once, and give the first entry again")
    func repeats() async throws {
        try await withDatabase { database in
            let store = PostgresWalletStore(pool: database.pool)
            let first = try #require(made(try await store.make(change(.credit(10), "1"))))
            #expect(try await store.make(change(.credit(10), "1")) == .madeBefore(first))
            // Also if it could not be made now.
            #expect(try await store.make(change(.spend(99), "1")) == .madeBefore(first))
            #expect(made(try await store.make(change(.credit(1), "1", reason: "other"))) != nil)
            #expect(try await store.wallet(of: "u1").coins == 11)
        }
    }

    @Test("Of many that spend at once, no two spend the same coins")
    func concurrentSpenders() async throws {
        try await withDatabase { database in
            let store = PostgresWalletStore(pool: database.pool)
            _ = try await store.make(change(.credit(100), "start"))
            let outcomes = try await withThrowingTaskGroup(of: WalletOutcome.self) { group in
                for index in 0..<64 {
                    // Every reference comes twice, from two tasks.
                    group.addTask { try await store.make(change(.spend(7), "spend \(index / 2)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // 14 × 7 = 98.
            #expect(outcomes.filter { made($0) != nil }.count == 14)
            #expect(try await store.wallet(of: "u1").coins == 2)
            let balances = try await database.column("SELECT balance FROM wallet_entries ORDER BY entry_id")
            #expect(balances.allSatisfy { !$0.hasPrefix("-") } && balances.count == 15 && balances.last == "2")
            #expect(try await database.column("SELECT sum(amount) FROM wallet_entries") == ["2"])
        }
    }

    @Test("The first changes of a new wallet, at once, are all counted")
    func concurrentFirstCredits() async throws {
        try await withDatabase { database in
            let store = PostgresWalletStore(pool: database.pool)
            try await withThrowingTaskGroup { group in
                for index in 0..<64 { group.addTask { _ = try await store.make(change(.credit(1), "\(index)")) } }
                try await group.waitForAll()
            }
            #expect(try await store.wallet(of: "u1").coins == 64)
            #expect(try await database.column("SELECT count(DISTINCT balance) FROM wallet_entries") == ["64"])
        }
    }

    @Test("Entries come newest first, page after page")
    func entries() async throws {
        try await withDatabase { database in
            let store = PostgresWalletStore(pool: database.pool)
            for index in 1...5 { _ = try await store.make(change(.credit(Int64(index)), "\(index)")) }
            _ = try await store.make(change(.credit(9), "t", .tokens))
            let first = try await store.entries(of: "u1", currency: nil, before: nil, limit: 2)
            #expect(first.map(\.amount) == [9, 5])
            let next = try await store.entries(of: "u1", currency: nil, before: first.last?.id, limit: 3)
            #expect(next.map(\.amount) == [4, 3, 2])
            let coins = try await store.entries(of: "u1", currency: .coins, before: nil, limit: 100)
            #expect(coins.map(\.amount) == [5, 4, 3, 2, 1])
            #expect(try await store.entries(of: "u2", currency: nil, before: nil, limit: 100).isEmpty)
        }
    }
}
