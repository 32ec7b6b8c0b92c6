import Accounts
import Signing
import Storage
import StrictJSON
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RefreshTests {
    @Test("Each refresh gives the next pair, of the same session and the present role") func chain() async throws {
        try await withAccounts { accounts in
            var answer = try await accounts.register("Ada")
            let session = try accounts.claims(try answer.text("access_token")).session
            try await accounts.run(
                "UPDATE users SET role = 'admin'; UPDATE sessions SET expires_at = now() + interval '1 minute'")
            var seen: Set<String> = []
            for _ in 0..<5 {
                #expect(seen.insert(try answer.text("refresh_token")).inserted)
                #expect(seen.insert(try answer.text("access_token")).inserted, "also within a second")
                answer = try await accounts.refresh(try answer.text("refresh_token"))
                #expect(answer.status == 200)
                #expect(try answer.json.object?.members.map(\.key) == ["access_token", "refresh_token", "expires_in"])
                let claims = try accounts.claims(try answer.text("access_token"))
                #expect(claims.session == session && claims.role == .admin)
            }
            let sliding = "SELECT expires_at > now() + interval '29 days 23 hours' FROM sessions"
            #expect(try await accounts.column(sliding) == ["t"])
            #expect(accounts.spread.ended.isEmpty)
        }
    }

    @Test("A token that is used again ends its session, and no other") func reuse() async throws {
        try await withAccounts { accounts in
            let first = try await accounts.register("Ada")
            let other = try await accounts.logIn("Ada")
            let second = try await accounts.refresh(try first.text("refresh_token"))
            let third = try await accounts.refresh(try second.text("refresh_token"))
            let session = try #require(try accounts.claims(try first.text("access_token")).session)
            #expect(try await accounts.refresh(try first.text("refresh_token")).outcome == "401 unauthorized")
            #expect(accounts.spread.ended == [session])
            #expect(try await accounts.column("SELECT session_id FROM ended_sessions") == [session.description])
            for dead in [first, second, third] {
                #expect(try await accounts.refresh(try dead.text("refresh_token")).outcome == "401 unauthorized")
            }
            #expect(try await accounts.refresh(try other.text("refresh_token")).status == 200)
            #expect(accounts.spread.ended == [session], "told once")
        }
    }

    @Test("Of 200 refreshes with one token at once, at most one wins, and then nothing of the family works")
    func race() async throws {
        try await withAccounts { accounts in
            for user in ["Ada", "Bob", "Cleo"] {
                let token = try await accounts.register(user).text("refresh_token")
                let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                    for _ in 0..<200 { group.addTask { try await accounts.refresh(token) } }
                    return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
                }
                let winners = answers.filter { $0.status == 200 }
                #expect(winners.count <= 1)
                #expect(winners.count + answers.count { $0.outcome == "401 unauthorized" } == 200)
                for token in [token] + (try winners.map { try $0.text("refresh_token") }) {
                    #expect(try await accounts.refresh(token).outcome == "401 unauthorized")
                }
                let living = """
                    SELECT count(*) FROM sessions JOIN users USING (user_id)
                    WHERE ended_at IS NULL AND username = '\(user)'
                    """
                #expect(try await accounts.column(living) == ["0"])
            }
            #expect(accounts.spread.ended.count == 3)
        }
    }

    @Test("A chain of refreshes never has two living tokens") func twoClients() async throws {
        try await withAccounts { accounts in
            try await accounts.register("Ada")
            // Two clients that share a token by mistake, many times.
            for _ in 0..<30 {
                let token = try await accounts.logIn("Ada").text("refresh_token")
                async let one = accounts.refresh(token)
                async let two = accounts.refresh(token)
                let answers = [try await one, try await two]
                #expect(answers.count { $0.status == 200 } <= 1)
                for answer in answers where answer.status == 200 {
                    #expect(try await accounts.refresh(try answer.text("refresh_token")).outcome == "401 unauthorized")
                }
            }
        }
    }

    @Test("What is over, ended or unknown is refused") func over() async throws {
        try await withAccounts { accounts in
            let token = try await accounts.register("Ada").text("refresh_token")
            try await accounts.run("UPDATE sessions SET expires_at = now()")
            #expect(try await accounts.refresh(token).outcome == "401 unauthorized")
            try await accounts.run("UPDATE sessions SET expires_at = now() + interval '1 day', ended_at = now()")
            #expect(try await accounts.refresh(token).outcome == "401 unauthorized")
            #expect(try await accounts.refresh(RefreshToken.random().text).outcome == "401 unauthorized")
            #expect(accounts.spread.ended.isEmpty, "nothing has ended by that")
            try await accounts.run("UPDATE sessions SET ended_at = NULL")
            #expect(try await accounts.refresh(token).status == 200, "so it was not the token")
            for json in ["{}", #"{"refresh_token":1}"#, #"{"refresh_token":null}"#] {
                #expect(try await accounts.post("/auth/refresh", json).outcome == "400 invalid_input")
            }
        }
    }

    @Test("A banned user is told so, and the session stays over after the ban") func banned() async throws {
        try await withAccounts { accounts in
            let token = try await accounts.register("Ada").text("refresh_token")
            let old = try await accounts.logIn("Ada").text("refresh_token")
            let session = try #require(try await accounts.column("SELECT session_id FROM sessions").first)
            try await accounts.run(
                """
                UPDATE sessions SET ended_at = now(), end_reason = 'logout' WHERE session_id <> '\(session)';
                UPDATE users SET banned_at = now();
                UPDATE sessions SET ended_at = now(), end_reason = 'banned' WHERE ended_at IS NULL
                """)
            let outcomes = [try await accounts.refresh(token).outcome, try await accounts.refresh(old).outcome].sorted()
            #expect(outcomes == ["401 unauthorized", "403 forbidden"], "who had logged out learns nothing")
            try await accounts.run("UPDATE users SET banned_at = NULL")
            for token in [token, old] {
                #expect(try await accounts.refresh(token).outcome == "401 unauthorized")
            }
        }
    }

    @Test("Of 100,000 altered tokens none is accepted") func mutations() async throws {
        try await withAccounts { accounts in
            let token = try await accounts.register("Ada").text("refresh_token")
            let asked = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await Self.refused(of: 12_500, from: token, accounts) }
                }
                return try await group.reduce(0, +)
            }
            #expect(asked > 10_000, "enough of them have the form of a token")
            #expect(try await accounts.refresh(token).status == 200, "the session has not suffered")
        }
    }

    /// Tries so many alterations of a token. Most end at the form, before the database is asked.
    ///
    /// - Returns: how many had the form of a token, and were refused.
    private static func refused(of count: Int, from token: String, _ accounts: TestAccounts) async throws -> Int {
        let bytes = Array(token.utf8)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var asked = 0
        for number in 0..<count {
            var other = bytes
            switch number % 4 {
            case 0: other[Int.random(in: 4..<other.count)] = alphabet.randomElement() ?? 0
            case 1: other.swapAt(Int.random(in: 4..<other.count), Int.random(in: 4..<other.count))
            case 2: other[Int.random(in: 0..<other.count)] ^= 1 << UInt8.random(in: 0..<7)
            default: other.remove(at: Int.random(in: 0..<other.count))
            }
            guard other != bytes, let mutant = RefreshToken(String(decoding: other, as: UTF8.self)) else { continue }
            asked += 1
            guard case .refused = try await accounts.sessions.refresh(mutant.hash, next: RefreshToken.random().hash)
            else {
                Issue.record("an altered token was accepted")
                return asked
            }
        }
        return asked
    }

    @Test("What is over is deleted, and nothing else") func sweep() async throws {
        try await withAccounts { accounts in
            let living = try await accounts.register("Ada").text("refresh_token")
            for user in ["Bob", "Cleo", "Dora"] { try await accounts.register(user) }
            let next = try await accounts.refresh(living).text("refresh_token")
            func old(_ user: String, _ set: String) async throws {
                try await accounts.run(
                    "UPDATE sessions SET \(set) WHERE user_id = (SELECT user_id FROM users WHERE username = '\(user)')"
                )
            }
            try await old("Bob", "expires_at = now() - interval '25 hours'")
            try await old("Cleo", "ended_at = now() - interval '25 hours'")
            try await old("Dora", "ended_at = now() - interval '23 hours'")
            let sessions = (0..<3).map { _ in SessionID.random().description }
            try await accounts.run(
                """
                INSERT INTO ended_sessions VALUES ('\(sessions[0])', now() - interval '61 minutes'),
                    ('\(sessions[1])', now() - interval '61 minutes'),
                    ('\(sessions[2])', now() - interval '59 minutes');
                INSERT INTO one_time_tokens SELECT sha256('a'), user_id, 'reset', 'a@b.c', now() - interval '25 hours'
                    FROM users LIMIT 1;
                INSERT INTO idempotency_keys (user_id, key, request_hash, created_at, locked_until)
                    VALUES ('u', 'k', sha256('a'), now() - interval '25 hours', now());
                """)
            #expect(try await accounts.sessions.sweep(limit: 1) == 5)
            #expect(try await accounts.sessions.sweep(limit: 100) == 1)
            #expect(try await accounts.sessions.sweep(limit: 100) == 0)
            #expect(try await accounts.column("SELECT count(*) FROM sessions") == ["2"])
            #expect(try await accounts.column("SELECT session_id FROM ended_sessions") == [sessions[2]])
            try await accounts.run("UPDATE refresh_tokens SET used_at = used_at - interval '31 days'")
            #expect(try await accounts.sessions.sweep(limit: 100) == 1)
            #expect(try await accounts.refresh(next).status == 200)
        }
    }
}
