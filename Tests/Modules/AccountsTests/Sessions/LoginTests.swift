import Accounts
import Signing
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(2)))
struct LoginTests {
    @Test("A login by name, in any case, and by a verified address") func names() async throws {
        try await withAccounts { accounts in
            let made = try await accounts.register("Ada", more: #","email":"Ada@b.c""#)
            let answer = try await accounts.logIn("aDA")
            #expect(answer.status == 200)
            #expect(try answer.json["user"] == made.json["user"])
            #expect(try answer.json.object?.members.map(\.key) == made.json.object?.members.map(\.key))
            #expect(try answer.text("refresh_token") != made.text("refresh_token"))
            func byAddress(_ address: String) async throws -> String {
                try await accounts.post(
                    "/auth/login", #"{"email":"\#(address)","password":"\#(TestAccounts.good)"}"#
                ).outcome
            }
            #expect(try await byAddress("ada@b.c") == "401 invalid_credentials", "an address that is only claimed")
            try await accounts.run("UPDATE users SET email_verified_at = now()")
            #expect(try await byAddress("aDa@B.c") == "200")
            #expect(try await byAddress("Ada") == "401 invalid_credentials")
        }
    }

    @Test("Unknown users, wrong passwords and strange names get the same answer, after one hash") func sameAnswer()
        async throws
    {
        try await withAccounts { accounts in
            try await accounts.register("Ada")
            try await accounts.register("Eve")
            try await accounts.run("UPDATE users SET banned_at = now() WHERE username = 'Eve'")
            let hashes = accounts.passwords.hashes
            let wrong = try await accounts.logIn("Ada", "wrong password")
            #expect(wrong.outcome == "401 invalid_credentials")
            let others = [
                #"{"username":"Bob","password":"wrong password"}"#, #"{"username":"Eve","password":"wrong password"}"#,
                #"{"username":"","password":""}"#, #"{"username":"\u0000","password":"\u0000"}"#,
                #"{"email":"a@b.c","password":"wrong password"}"#, #"{"email":"' OR 1=1 --","password":"x"}"#,
                #"{"username":"\u212Ada","password":"\#(TestAccounts.good)"}"#,
            ]
            for (number, json) in others.enumerated() {
                #expect(
                    try await accounts.post("/auth/login", json, from: "192.0.2.\(number + 10)") == wrong, "\(json)")
            }
            #expect(accounts.passwords.hashes == hashes + 1 + others.count)
        }
    }

    @Test(
        "Malformed bodies",
        arguments: [
            "{}", "[]", "null", #"{"username":"a"}"#, #"{"password":"a"}"#,
            #"{"username":"a","email":"b","password":"c"}"#, #"{"username":null,"password":"c"}"#,
            #"{"username":"a","password":["c"]}"#, #"{"username":"a","password":"c","password":"d"}"#,
            #"{"username":"a","password":"\#(String(repeating: "c", count: 1025))"}"#,
        ])
    func malformed(_ json: String) async throws {
        try await withAccounts { accounts in
            let answer = try await accounts.post("/auth/login", json)
            #expect(answer.outcome == "400 invalid_input")
            #expect(accounts.passwords.hashes == 0)
        }
    }

    @Test("A banned user learns it only with the right password") func banned() async throws {
        try await withAccounts { accounts in
            let token = try await accounts.register("Ada").text("refresh_token")
            try await accounts.run("UPDATE users SET banned_at = now()")
            #expect(try await accounts.logIn("Ada").outcome == "403 forbidden")
            #expect(try await accounts.logIn("Ada", "wrong password").outcome == "401 invalid_credentials")
            #expect(try await accounts.refresh(token).outcome == "403 forbidden")
            #expect(try await accounts.column("SELECT count(*) FROM sessions") == ["1"])
            try await accounts.run("UPDATE users SET banned_at = NULL")
            #expect(try await accounts.refresh(token).status == 200, "a refusal has not used the token up")
        }
    }

    @Test("A hash of former cost is made again at login, a costlier one stays") func rehash() async throws {
        try await withAccounts(parameters: TestAccounts.parameters(logN: 5)) { accounts in
            try await accounts.register("Ada")
            func cost() async throws -> String? {
                try await accounts.column("SELECT substr(password_hash, 1, 21) FROM users").first
            }
            for (former, later) in [(4, "$scrypt$ln=5,r=8,p=1$"), (6, "$scrypt$ln=6,r=8,p=1$")] {
                let hasher = try PasswordHasher(parameters: TestAccounts.parameters(logN: former), threads: 1)
                let hash = try await hasher.hash(TestAccounts.good)
                try await accounts.run("UPDATE users SET password_hash = '\(hash)'")
                #expect(try await accounts.logIn("Ada", "wrong password").status == 401)
                #expect(try await accounts.column("SELECT password_hash FROM users") == [hash])
                #expect(try await accounts.logIn("Ada").status == 200)
                #expect(try await cost() == later)
                #expect(try await accounts.logIn("Ada").status == 200)
            }
        }
    }

    @Test("Logins of one user at once succeed, also while the hash is made again") func atOnce() async throws {
        try await withAccounts(parameters: TestAccounts.parameters(logN: 5)) { accounts in
            try await accounts.register("Ada")
            let hash = try await PasswordHasher(parameters: TestAccounts.cheap, threads: 1).hash(TestAccounts.good)
            try await accounts.run("UPDATE users SET password_hash = '\(hash)'")
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<4 { group.addTask { try await accounts.logIn("Ada").outcome } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes == ["200", "200", "200", "200"])
        }
    }

    @Test("A further session ends the one that was refreshed longest ago") func sessionsMax() async throws {
        try await withAccounts { accounts in
            let first = try await accounts.register("Ada")
            try await accounts.run("UPDATE sessions SET refreshed_at = refreshed_at - interval '1 minute'")
            for number in 0..<99 {
                #expect(try await accounts.logIn("Ada", from: "198.51.100.\(number)").status == 200)
            }
            #expect(accounts.spread.ended.isEmpty)
            #expect(try await accounts.logIn("Ada").status == 200)
            let session = try accounts.claims(try first.text("access_token")).session
            #expect(accounts.spread.ended.map(Optional.some) == [session])
            #expect(try await accounts.refresh(try first.text("refresh_token")).outcome == "401 unauthorized")
        }
    }
}
