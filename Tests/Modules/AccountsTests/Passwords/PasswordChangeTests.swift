import Accounts
import Signing
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PasswordChangeTests {
    private static let other = "another password, as good"

    private func change(
        _ accounts: TestAccounts, _ token: String, old: String = TestAccounts.good, new: String = other
    ) async throws -> TestAnswer {
        try await accounts.post("/auth/password", #"{"old":"\#(old)","new":"\#(new)"}"#, token: token)
    }

    @Test("A change ends all other sessions, and the old password") func changes() async throws {
        try await withAccounts { accounts in
            let (first, own) = (try await accounts.register("Ada"), try await accounts.logIn("Ada"))
            let token = try own.text("access_token")
            #expect(try await change(accounts, token).status == 204)
            let ended = try accounts.claims(try first.text("access_token")).session
            #expect(accounts.spread.ended.map(Optional.some) == [ended])
            #expect(try await accounts.refresh(try first.text("refresh_token")).outcome == "401 unauthorized")
            #expect(try await accounts.refresh(try own.text("refresh_token")).status == 200)
            #expect(try await accounts.logIn("Ada").outcome == "401 invalid_credentials")
            #expect(try await accounts.logIn("Ada", Self.other).status == 200)
            #expect(try await change(accounts, token).outcome == "401 invalid_credentials")
        }
    }

    @Test("The new password has the form of one") func form() async throws {
        try await withAccounts { accounts in
            let token = try await accounts.register("Ada").text("access_token")
            let hashes = accounts.passwords.hashes
            for new in ["short", "1234567890", ""] {
                let answer = try await change(accounts, token, new: new)
                #expect(answer.outcome == "400 invalid_input")
                #expect(try answer.json["details"]?.array?.first?["field"]?.string == "new")
            }
            #expect(try await accounts.post("/auth/password", "{}", token: token).outcome == "400 invalid_input")
            #expect(accounts.passwords.hashes == hashes)
        }
    }

    @Test("The thief of a token cannot guess the password") func guesses() async throws {
        try await withAccounts { accounts in
            let token = try await accounts.register("Ada").text("access_token")
            for number in 0..<5 {
                #expect(try await change(accounts, token, old: "guess \(number)").outcome == "401 invalid_credentials")
            }
            let hashes = accounts.passwords.hashes
            #expect(try await change(accounts, token).outcome == "429 rate_limited")
            #expect(accounts.passwords.hashes == hashes)
        }
    }

    @Test("Of several changes at once one counts, and logins with the old password leave no session") func race()
        async throws
    {
        try await withAccounts { accounts in
            let token = try await accounts.register("Ada").text("access_token")
            let own = try #require(try accounts.claims(token).session)
            async let one = change(accounts, token, new: "the first new password")
            async let two = change(accounts, token, new: "the second new password")
            async let three = accounts.logIn("Ada")
            async let four = accounts.logIn("Ada")
            let outcomes = [try await one.outcome, try await two.outcome]
            _ = try await (three, four)
            #expect(outcomes.sorted() == ["204", "401 invalid_credentials"])
            #expect(
                try await accounts.column("SELECT session_id FROM sessions WHERE ended_at IS NULL")
                    == [own.description])
        }
    }
}
