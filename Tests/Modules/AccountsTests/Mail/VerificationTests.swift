import Accounts
import Basics
import Signing
import Storage
import TestSupport
import Testing

@Suite("Verified addresses")
struct VerificationTests {
    private static func verify(_ stage: MailStage, _ token: String) async throws -> MailStage.Answer {
        try await stage.send("/auth/verify", #"{"token":"\#(token)"}"#)
    }

    /// Asks for a mail, and returns its token.
    private static func token(_ stage: MailStage, _ user: String, at email: String) async throws -> String {
        let count = stage.post.mails(to: email).count
        #expect(try await stage.send("/auth/verify-request", "{}", as: user).status == 202)
        try await eventually("the mail comes") { stage.post.mails(to: email).count > count }
        return try #require(stage.post.mails(to: email).last?.token)
    }

    @Test("a claim is verified by the token of its mail, once")
    func verifies() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "Ada@Example.com")
            let token = try await Self.token(stage, "ada", at: "Ada@Example.com")
            #expect(stage.post.mails[0].text.contains("https://game.example/#verify=\(token)\n"))
            let answer = try await Self.verify(stage, token)
            #expect(answer.status == 200 && answer.body == #"{"status":"success"}"#)
            #expect(try await stage.column("SELECT email_verified_at FROM users") != [nil])
            #expect(try await Self.verify(stage, token).status == 401)
            // Nothing is left to verify: no mail.
            #expect(try await stage.send("/auth/verify-request", "{}", as: "ada").status == 202)
            #expect(try await stage.send("/auth/verify-request", "{}", as: "nobody").status == 202)
            try await stage.addUser("bob", email: "bob@example.com")
            _ = try await Self.token(stage, "bob", at: "bob@example.com")
            #expect(stage.post.mails.count == 2)
        }
    }

    @Test("an address that another account has verified meanwhile is taken")
    func taken() async throws {
        try await MailStage.run { stage in
            for name in ["ada", "eve"] { try await stage.addUser(name, email: "same@example.com") }
            let first = try await Self.token(stage, "ada", at: "same@example.com")
            let second = try await Self.token(stage, "eve", at: "same@example.com")
            #expect(try await Self.verify(stage, first).status == 200)
            let answer = try await Self.verify(stage, second)
            #expect(answer.status == 409 && answer.code == "taken")
            let verified = "SELECT username FROM users WHERE email_verified_at IS NOT NULL"
            #expect(try await stage.column(verified) == ["ada"])
        }
    }

    @Test("of many concurrent claims of one address one is verified")
    func race() async throws {
        try await MailStage.run { stage in
            var hashes: [OneTimeToken.Hash] = []
            let names = (0..<30).map { "user\($0)" }
            for name in names {
                try await stage.addUser(name, email: "same@example.com")
                let token = OneTimeToken()
                #expect(try await stage.tokens.addVerification(token.hash, of: "usr_\(name)") != nil)
                hashes.append(token.hash)
            }
            let outcomes = try await withThrowingTaskGroup { group in
                for hash in hashes { group.addTask { try await stage.tokens.verify(hash) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .verified } == 1 && outcomes.count { $0 == .taken } == 29)
        }
    }

    @Test("a token counts only for the address that it was sent to, and for a day")
    func otherAddress() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "old@example.com")
            let token = try await Self.token(stage, "ada", at: "old@example.com")
            let email = try #require(EmailAddress("new@example.com"))
            try await stage.change.change(to: email, of: "usr_ada", password: "right", keeping: nil, from: nil)
            #expect(try await Self.verify(stage, token).status == 401)
            let next = try await Self.token(stage, "ada", at: "new@example.com")
            try await stage.run("UPDATE one_time_tokens SET expires_at = now()")
            #expect(try await Self.verify(stage, next).status == 401)
            #expect(try await stage.column("SELECT email_verified_at FROM users") == [nil])
        }
    }

    @Test("a verified address stays in force until the new one is verified, and is told")
    func change() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "old@example.com", isVerified: true, sessions: 3)
            let reset = try await stage.resetToken("old@example.com")
            let ids = try await stage.column("SELECT session_id FROM sessions ORDER BY session_id")
            let own = try #require(ids[0].flatMap { SessionID($0) })
            let email = try #require(EmailAddress("New@example.com"))
            await #expect(throws: (any Error).self) {
                try await stage.change.change(to: email, of: "usr_ada", password: "wrong", keeping: own, from: nil)
            }
            #expect(try await stage.column("SELECT new_email FROM users") == [nil])
            try await stage.change.change(to: email, of: "usr_ada", password: "right", keeping: own, from: nil)
            #expect(Set(stage.spread.ended.map { "\($0)" }) == Set(ids.dropFirst().compactMap { $0 }))
            #expect(
                try await stage.column("SELECT session_id FROM ended_sessions ORDER BY 1") == Array(ids.dropFirst()))
            #expect(stage.post.mails(to: "old@example.com").last?.subject == "Your e-mail address is about to change")
            #expect(try await stage.column("SELECT email FROM users") == ["old@example.com"])
            // A token of before is void, and the old address still gets one.
            let answer = try await stage.send("/auth/reset", #"{"token":"\#(reset)","password":"0123456789"}"#)
            #expect(answer.status == 401)
            let open = try await stage.resetToken("old@example.com")
            try await eventually("the mail comes") { !stage.post.mails(to: "New@example.com").isEmpty }
            let token = try #require(stage.post.mails(to: "New@example.com").last?.token)
            #expect(try await Self.verify(stage, token).status == 200)
            #expect(try await stage.column("SELECT email FROM users") == ["New@example.com"])
            #expect(try await stage.column("SELECT email_key FROM users") == ["new@example.com"])
            #expect(try await stage.column("SELECT new_email FROM users") == [nil])
            // It went to the old address.
            let late = try await stage.send("/auth/reset", #"{"token":"\#(open)","password":"0123456789"}"#)
            #expect(late.status == 401)
        }
    }

    @Test("setting the present address again changes nothing, and takes a claim back")
    func same() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "old@example.com", isVerified: true, sessions: 1)
            let old = try #require(EmailAddress("OLD@example.com"))
            let claim = try #require(try await stage.tokens.claim(old, userID: "usr_ada", keeping: nil))
            #expect(!claim.isNew && claim.endedSessions.isEmpty)
            let new = try #require(EmailAddress("new@example.com"))
            #expect(try await stage.tokens.claim(new, userID: "usr_ada", keeping: nil)?.isNew == true)
            #expect(try await stage.tokens.claim(old, userID: "usr_ada", keeping: nil)?.isNew == false)
            #expect(try await stage.column("SELECT new_email FROM users") == [nil])
            #expect(try await stage.tokens.claim(new, userID: "usr_nobody", keeping: nil) == nil)
        }
    }

    @Test("a user gets five mails an hour, and so does a mailbox, whoever claims it")
    func limits() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "same@example.com")
            for _ in 0..<5 { _ = try await Self.token(stage, "ada", at: "same@example.com") }
            let answer = try await stage.send("/auth/verify-request", "{}", as: "ada")
            #expect(answer.status == 429 && answer.code == "rate_limited" && answer.fields["retry-after"] == "90")
            try await stage.addUser("eve", email: "same@example.com")
            #expect(try await stage.send("/auth/verify-request", "{}", as: "eve").status == 202)
            try await stage.addUser("bob", email: "bob@example.com")
            _ = try await Self.token(stage, "bob", at: "bob@example.com")
            #expect(stage.post.mails(to: "same@example.com").count == 5)
        }
    }

    @Test("without a token, a body or mail there is an error")
    func errors() async throws {
        try await MailStage.run(sendsMail: false) { stage in
            #expect(try await stage.send("/auth/verify-request", "{}").status == 401)
            let answer = try await stage.send("/auth/verify-request", "{}", as: "ada")
            #expect(answer.status == 503 && answer.code == "mail_not_configured")
            for body in [
                "", "{}", #"{"token":1}"#, #"{"token":null}"#, #"{"token":"\#(String(repeating: "x", count: 257))"}"#,
            ] {
                #expect(try await stage.send("/auth/verify", body).status == 400, "\(body)")
            }
            for token in ["", "x", "scm_", OneTimeToken().text, OneTimeToken().text + "x"] {
                let answer = try await Self.verify(stage, token)
                #expect(answer.status == 401 && answer.code == "unauthorized")
            }
        }
    }
}
