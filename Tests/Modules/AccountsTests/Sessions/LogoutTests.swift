import Accounts
import Signing
import Testing

@Suite(.timeLimit(.minutes(2)))
struct LogoutTests {
    /// A user with so many sessions.
    private func sessions(_ count: Int, _ accounts: TestAccounts) async throws -> [(answer: TestAnswer, id: SessionID)]
    {
        var answers = [try await accounts.register("Ada")]
        for _ in 1..<count { answers.append(try await accounts.logIn("Ada")) }
        return try answers.map { ($0, try #require(try accounts.claims(try $0.text("access_token")).session)) }
    }

    private func isLiving(_ answer: TestAnswer, _ accounts: TestAccounts) async throws -> Bool {
        try await accounts.refresh(try answer.text("refresh_token")).status == 200
    }

    @Test("A logout ends one session, durably, and before it is answered") func one() async throws {
        try await withAccounts { accounts in
            let (own, other) = (try await sessions(2, accounts)[0], try await accounts.logIn("Ada"))
            let token = try own.answer.text("access_token")
            let answer = try await accounts.post("/auth/logout", token: token)
            #expect(answer.status == 204 && answer.body.isEmpty)
            #expect(accounts.spread.ended == [own.id])
            #expect(try await accounts.column("SELECT session_id FROM ended_sessions") == [own.id.description])
            #expect(try await !isLiving(own.answer, accounts))
            #expect(try await isLiving(other, accounts))
            // Until nodes know it, the token still gets there.
            #expect(try await accounts.post("/auth/logout", token: token).status == 204)
        }
    }

    @Test("A logout from everywhere ends all sessions of the user alone") func all() async throws {
        try await withAccounts { accounts in
            let sessions = try await sessions(3, accounts)
            let bob = try await accounts.register("Bob")
            // Its access tokens are over anyway.
            try await accounts.run(
                "UPDATE sessions SET refreshed_at = now() - interval '2 hours' WHERE session_id = '\(sessions[2].id)'")
            let token = try sessions[0].answer.text("access_token")
            #expect(try await accounts.post("/auth/logout-all", token: token).status == 204)
            #expect(Set(accounts.spread.ended) == Set(sessions.map(\.id)))
            #expect(
                Set(try await accounts.column("SELECT session_id FROM ended_sessions"))
                    == Set(sessions[..<2].map(\.id.description)))
            for session in sessions { #expect(try await !isLiving(session.answer, accounts)) }
            #expect(try await isLiving(bob, accounts))
        }
    }

    @Test("Without a session there is nothing to end", arguments: ["logout", "logout-all", "password"])
    func noSession(_ route: String) async throws {
        try await withAccounts { accounts in
            let id = try await accounts.register("Ada").text("user", "id")
            #expect(try await accounts.post("/auth/\(route)").outcome == "401 unauthorized")
            #expect(try await accounts.post("/auth/\(route)", token: "x.y.z").outcome == "401 unauthorized")
            let foreign = try accounts.foreignToken(id)
            #expect(try await accounts.post("/auth/\(route)", token: foreign).outcome == "403 forbidden")
            #expect(accounts.spread.ended.isEmpty)
            #expect(try await accounts.column("SELECT count(*) FROM sessions WHERE ended_at IS NULL") == ["1"])
        }
    }
}
