import Basics
import HTTPKit
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import Play
import Signing
import StrictJSON
import Testing

/// `/wallet` and `/wallets/{user}/credit`.
struct WalletRoutesTests {
    private func body(
        _ amount: Int, _ reference: String, reason: String = "shop", currency: String = "coins"
    ) -> String {
        #"{"currency":"\#(currency)","amount":\#(amount),"reason":"\#(reason)","reference":"\#(reference)"}"#
    }

    private func credit(_ house: TaskHouse, _ amount: Int, _ reference: String) async throws -> TaskHouse.Answer {
        try await house.send(.post, "/wallets/u1/credit", body(amount, reference), as: "server", .service)
    }

    @Test("A request is well-formed, and its reason is not one of the server's own")
    func forms() {
        func fields(_ json: String) -> [String] {
            do {
                _ = try WalletRequest(ByteBuffer(string: json))
                return []
            } catch {
                return error.details.map(\.field)
            }
        }
        #expect(fields(body(1, "1")) == [])
        #expect(fields("{}") == ["currency", "amount", "reason", "reference"])
        for amount in [0, -1, 9_007_199_254_740_992] { #expect(fields(body(amount, "1")) == ["amount"]) }
        #expect(fields(body(9_007_199_254_740_991, "1")) == [])
        for reason in ["task", "challenge", "hint", "reward", "admin", "administrator", "", "\\u0000", " "] {
            #expect(fields(body(1, "1", reason: reason)) == ["reason"], "\(reason)")
        }
        #expect(fields(body(1, "1", reason: "tasks")) == [])
        #expect(fields(body(1, "1", reason: String(repeating: "r", count: 129))) == ["reason"])
        #expect(fields(body(1, String(repeating: "r", count: 257))) == ["reference"])
        #expect(fields(body(1, "1", currency: "gold")) == ["currency"])
        #expect(fields(body(1, "1").dropLast() + #","x":1}"#) == ["x"])
    }

    @Test("Services credit, users spend, and the same reason and reference count once")
    func changes() async throws {
        try await withTasks { house in
            #expect(try await house.send(.get, "/wallet").body == #"{"coins":0,"tokens":0}"#)
            let credited = try await credit(house, 10, "1")
            #expect(credited.status == 200 && credited.json["entry"]?["amount"]?.integer == 10)
            #expect(credited.json["coins"]?.integer == 10 && credited.json["tokens"]?.integer == 0)
            #expect(try await credit(house, 10, "1").body == credited.body)
            #expect(try await credit(house, 11, "1").outcome == "409 taken")
            let spent = try await house.send(.post, "/wallet/spend", body(4, "2"))
            #expect(spent.status == 200 && spent.json["entry"]?["amount"]?.integer == -4)
            #expect(spent.json["entry"]?["balance"]?.integer == 6)
            #expect(try await house.send(.post, "/wallet/spend", body(4, "2")).body == spent.body)
            // The entry of that reference is a credit.
            #expect(try await house.send(.post, "/wallet/spend", body(10, "1")).outcome == "409 taken")
            #expect(try await house.send(.post, "/wallet/spend", body(7, "3")).outcome == "409 insufficient_funds")
            let tooMuch = try await credit(house, 9_007_199_254_740_991, "4")
            #expect(tooMuch.outcome == "400 invalid_input" && tooMuch.fieldsAtFault == ["amount"])
            #expect(try await house.send(.get, "/wallet").body == #"{"coins":6,"tokens":0}"#)
            #expect(house.stand.withLockedValue { $0.acts } == ["wallet.credit done"])
            let asPlayer = try await house.send(.post, "/wallets/u1/credit", body(1, "5"))
            #expect(asPlayer.outcome == "403 forbidden")
            let nobody = try await house.send(.post, "/wallets/%00/credit", body(1, "5"), as: "server", .service)
            #expect(nobody.fieldsAtFault == ["user"])
        }
    }

    @Test("Entries come newest first, page after page, of one currency if asked")
    func entries() async throws {
        try await withTasks { house in
            for index in 1...3 { _ = try await credit(house, index, "\(index)") }
            _ = try await house.send(
                .post, "/wallets/u1/credit", body(9, "t", currency: "tokens"), as: "server", .service)
            func amounts(_ query: String) async throws -> [Int64] {
                let list = try await house.send(.get, "/wallet/entries?\(query)").json["entries"]?.array ?? []
                return list.compactMap { $0["amount"]?.integer }
            }
            #expect(try await amounts("") == [9, 3, 2, 1])
            #expect(try await amounts("currency=coins") == [3, 2, 1])
            let first = try await house.send(.get, "/wallet/entries?limit=2")
            let cursor = try #require(first.json["next"]?.string)
            #expect(try await amounts("limit=2&cursor=\(cursor)") == [2, 1])
            #expect(try await house.send(.get, "/wallet/entries?currency=x").outcome == "400 invalid_input")
            #expect(try await house.send(.get, "/wallet/entries", as: "u2").json["entries"]?.array == [])
        }
    }

    @Test("Of 64 that spend at once, no two spend the same coins, and the balance is the sum of the entries")
    func concurrent() async throws {
        try await withTasks { house in
            _ = try await credit(house, 100, "start")
            let answers = try await withThrowingTaskGroup(of: TaskHouse.Answer.self) { group in
                for index in 0..<64 {
                    group.addTask { try await house.send(.post, "/wallet/spend", body(7, "spend \(index)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 14)
            #expect(answers.filter { $0.outcome == "409 insufficient_funds" }.count == 50)
            #expect(try await house.send(.get, "/wallet").body == #"{"coins":2,"tokens":0}"#)
            // At all times: each entry's balance is the sum of those up to it.
            let wrong = try await house.column(
                """
                SELECT entry_id FROM (
                    SELECT entry_id, balance, sum(amount) OVER (ORDER BY entry_id) AS total
                    FROM wallet_entries) AS entries
                WHERE balance <> total OR balance < 0
                """)
            #expect(wrong.isEmpty)
        }
    }

    @Test("The same Idempotency-Key spends once, and gives the first answer again")
    func idempotency() async throws {
        try await withTasks { house in
            _ = try await credit(house, 10, "1")
            let first = try await house.send(.post, "/wallet/spend", body(4, "2"), key: "k")
            let again = try await house.send(.post, "/wallet/spend", body(4, "2"), key: "k")
            #expect(again.body == first.body)
            #expect(again.fields.contains { $0.name.canonicalName == "idempotent-replayed" })
            let other = try await house.send(.post, "/wallet/spend", body(5, "3"), key: "k")
            #expect(other.outcome == "422 idempotency_key_reused")
            #expect(try await house.send(.get, "/wallet").body == #"{"coins":6,"tokens":0}"#)
        }
    }
}
