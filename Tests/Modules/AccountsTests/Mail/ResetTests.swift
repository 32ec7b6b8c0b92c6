import Accounts
import Basics
import Signing
import Storage
import TestSupport
import Testing

@Suite("New passwords by mail")
struct ResetTests {
    private static func reset(
        _ stage: MailStage, _ token: String, _ password: String = "0123456789"
    ) async throws -> MailStage.Answer {
        try await stage.send("/auth/reset", #"{"token":"\#(token)","password":"\#(password)"}"#)
    }

    private static func request(_ stage: MailStage, _ email: String) async throws -> MailStage.Answer {
        try await stage.send("/auth/reset-request", #"{"email":"\#(email)"}"#)
    }

    @Test("the token sets the password, ends all sessions, forgets failures and tells the user")
    func resets() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "Ada@Example.com", isVerified: true, sessions: 2)
            try await stage.addUser("bob", email: "bob@example.com", isVerified: true, sessions: 1)
            #expect(try await Self.request(stage, "ada@EXAMPLE.com").status == 202)
            try await eventually("the mail comes") { !stage.post.mails.isEmpty }
            let mail = try #require(stage.post.mails(to: "Ada@Example.com").first)
            let token = try #require(mail.token)
            #expect(
                mail.text.contains("https://game.example/#reset=\(token)\n") && mail.text.contains("account ada at"))
            let answer = try await Self.reset(stage, token)
            #expect(answer.status == 204 && answer.body.isEmpty)
            let changed = "SELECT password_hash FROM users ORDER BY username"
            #expect(try await stage.column(changed) == ["hash of 0123456789", "old"])
            #expect(stage.spread.ended.count == 2)
            let ended = "SELECT count(*) FROM sessions JOIN ended_sessions USING (session_id) WHERE user_id = 'usr_ada'"
            #expect(try await stage.column(ended) == ["2"])
            #expect(try await stage.column("SELECT count(*) FROM ended_sessions") == ["2"])
            #expect(stage.limits.succeeded.contains(LimitKey(.username, "ada")))
            #expect(stage.limits.succeeded.contains(LimitKey(.email, "ada@example.com")))
            #expect(stage.post.mails.last?.subject == "Your password was changed")
            #expect(try await Self.reset(stage, token).status == 401)
        }
    }

    @Test("of a hundred parallel uses one succeeds")
    func once() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "ada@example.com", isVerified: true)
            let token = try await stage.resetToken("ada@example.com")
            let answers = try await withThrowingTaskGroup { group in
                for index in 0..<100 { group.addTask { try await Self.reset(stage, token, "password \(index)") } }
                return try await group.reduce(into: []) { $0.append($1.status) }
            }
            #expect(answers.count { $0 == 204 } == 1 && answers.count { $0 == 401 } == 99)
        }
    }

    @Test("a later request makes the tokens before it void, and an hour ends them")
    func void() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "ada@example.com", isVerified: true)
            let first = try await stage.resetToken("ada@example.com")
            let second = try await stage.resetToken("ada@example.com")
            #expect(try await Self.reset(stage, first).status == 401)
            let left = try await stage.column(
                "SELECT extract(epoch FROM expires_at - now())::int FROM one_time_tokens WHERE used_at IS NULL")
            #expect(
                left.compactMap { $0.flatMap { Int($0) } }.allSatisfy { (3540...3600).contains($0) } && left.count == 1)
            try await stage.run("UPDATE one_time_tokens SET expires_at = now()")
            #expect(try await Self.reset(stage, second).status == 401)
            #expect(try await stage.column("SELECT password_hash FROM users") == ["old"])
        }
    }

    @Test("a new password makes tokens void, and a banned user gets none")
    func otherChanges() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "ada@example.com", isVerified: true)
            let first = try await stage.resetToken("ada@example.com")
            let accounts = PostgresAccountStore(pool: stage.pool)
            let account = try #require(try await accounts.account(id: "usr_ada"))
            #expect(try await accounts.changePassword(of: account, to: "new", keeping: .random()) != nil)
            #expect(try await Self.reset(stage, first).status == 401)
            let second = try await stage.resetToken("ada@example.com")
            try await stage.run("UPDATE users SET banned_at = now()")
            #expect(try await Self.reset(stage, second).status == 401)
            #expect(try await Self.request(stage, "ada@example.com").status == 202)
            try await stage.addUser("bob", email: "bob@example.com", isVerified: true)
            _ = try await stage.resetToken("bob@example.com")
            #expect(stage.post.mails(to: "ada@example.com").count == 2)
        }
    }

    @Test("tokens that verify an address set no password, and tokens that set one verify nothing")
    func purposes() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "ada@example.com", isVerified: true)
            try await stage.addUser("bob", email: "bob@example.com")
            let reset = try await stage.resetToken("ada@example.com")
            let verification = OneTimeToken()
            #expect(try await stage.tokens.addVerification(verification.hash, of: "usr_bob") != nil)
            #expect(try await Self.reset(stage, verification.text).status == 401)
            let answer = try await stage.send("/auth/verify", #"{"token":"\#(reset)"}"#)
            #expect(answer.status == 401)
            #expect(try await Self.reset(stage, reset).status == 204)
        }
    }

    @Test("an address that is not verified, or unknown, gets the same answer, and no mail")
    func enumeration() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "ada@example.com", isVerified: true)
            try await stage.addUser("bob", email: "bob@example.com")
            let known = try await Self.request(stage, "ada@example.com")
            #expect(known.status == 202 && known.body == #"{"status":"success"}"#)
            #expect(try await Self.request(stage, "bob@example.com") == known)
            #expect(try await Self.request(stage, "nobody@example.com") == known)
            // Over the limit of a mailbox, too.
            for _ in 0..<9 { #expect(try await Self.request(stage, "ada@example.com") == known) }
            try await stage.addUser("last", email: "last@example.com", isVerified: true)
            _ = try await stage.resetToken("last@example.com")
            #expect(stage.post.mails(to: "ada@example.com").count == 5)
            #expect(Set(stage.post.mails.map(\.to.text)) == ["ada@example.com", "last@example.com"])
        }
    }

    @Test("an address may ask thirty times an hour")
    func addressLimit() async throws {
        try await MailStage.run { stage in
            for index in 0..<30 { #expect(try await Self.request(stage, "u\(index)@example.com").status == 202) }
            let answer = try await Self.request(stage, "u@example.com")
            #expect(answer.status == 429 && answer.code == "rate_limited" && answer.fields["retry-after"] == "90")
        }
    }

    @Test("without mail everybody gets 503, whoever is asked for")
    func noMail() async throws {
        try await MailStage.run(sendsMail: false) { stage in
            try await stage.addUser("ada", email: "ada@example.com", isVerified: true)
            let known = try await Self.request(stage, "ada@example.com")
            #expect(known.status == 503 && known.code == "mail_not_configured")
            #expect(try await Self.request(stage, "nobody@example.com") == known)
            #expect(try await stage.send("/auth/reset-request", "nonsense") == known)
        }
    }

    @Test("wrong bodies are told, and cost no hash")
    func bodies() async throws {
        try await MailStage.run { stage in
            let long = String(repeating: "x", count: 255)
            for email in [
                "", "ada", "a@b", "a b@c.d", "a@b.c\\r\\nBcc: x@y.z", "a@b.c\\u0000", "é@b.cd", "\(long)@b.cd",
            ] {
                let answer = try await Self.request(stage, email)
                #expect(answer.status == 400 && answer.code == "invalid_input", "\(email)")
            }
            for body in ["", "[]", "{}", #"{"email":1}"#, #"{"email":"a@b.cd","email":"a@b.cd"}"#] {
                #expect(try await stage.send("/auth/reset-request", body).status == 400, "\(body)")
            }
            let short = try await Self.reset(stage, OneTimeToken().text, "short")
            #expect(short.status == 400 && short.body.contains("password"))
            for token in ["", "x", "scm_x", OneTimeToken().text] {
                #expect(try await Self.reset(stage, token).status == 401)
            }
            #expect(stage.passwords.count == 0)
            #expect(stage.post.mails.isEmpty)
        }
    }

    @Test("no mail holds anything that a stranger wrote, and no code of it breaks")
    func texts() throws {
        let token = OneTimeToken()
        let email = try #require(EmailAddress("a@b.cd"))
        let user = MailRecipient(userID: "usr_1", username: "ada", email: email)
        for (url, mark) in [("https://g.example/play/", "https://g.example/play/#"), (nil, "code")] {
            let texts = MailTexts(publicURL: url)
            for mail in [texts.verification(to: email, token: token), texts.reset(to: user, token: token)] {
                #expect(mail.text.contains(mark) && mail.token == token.text)
                #expect(mail.text.split(separator: "\n").contains { $0.hasSuffix(token.text) })
                #expect(mail.text.utf8.allSatisfy { $0 < 0x7f })
            }
            #expect(!texts.verification(to: email, token: token).text.contains("a@b.cd"))
        }
    }
}
