import Accounts
import NIOConcurrencyHelpers
import Signing
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(2)))
struct RegistrationTests {
    @Test("A user who registers is logged in") func registers() async throws {
        try await withAccounts { accounts in
            let answer = try await accounts.register(
                "Ada.L", more: #","email":"Ada@Example.org","name":" Ada e\u0301 ""#)
            let id = try answer.text("user", "id")
            #expect(id.hasPrefix("usr_") && id.count == 26)
            #expect(try answer.text("user", "username") == "Ada.L")
            #expect(try answer.text("user", "name").unicodeScalars.elementsEqual("Ada \u{e9}".unicodeScalars))
            #expect(try answer.text("user", "email") == "Ada@Example.org")
            #expect(try answer.json["user"]?["email_verified"] == .bool(false))
            #expect(try answer.text("user", "role") == "player")
            #expect(try answer.text("user", "created_at").hasSuffix("Z"))
            #expect(try answer.json["user"]?.object?.members.count == 7)
            #expect(try answer.json["expires_in"] == .integer(900))
            #expect(try answer.json.object?.members.count == 4)
            let claims = try accounts.claims(try answer.text("access_token"))
            #expect(claims.isSubject(id) && claims.role == .player && claims.scopes == Role.player.scopes)
            #expect(accounts.claimed.withLockedValue { $0 } == ["\(id) Ada@Example.org"])
            #expect(try await accounts.refresh(try answer.text("refresh_token")).status == 200)
            // Nothing that a thief of the database could use.
            let stored = try await accounts.column(
                "SELECT password_hash || encode(token_hash, 'hex') FROM users, refresh_tokens")
            #expect(stored.allSatisfy { $0.hasPrefix("$scrypt$") && !$0.contains(TestAccounts.good) })
        }
    }

    @Test("A username is taken in any case, an address that is not verified is not") func taken() async throws {
        try await withAccounts { accounts in
            try await accounts.register("Ada", more: #","email":"a@b.c""#)
            let hashes = accounts.passwords.hashes
            let again = try await accounts.post(
                "/auth/register", #"{"username":"aDA","password":"\#(TestAccounts.good)"}"#)
            #expect(again.outcome == "409 taken" && accounts.passwords.hashes == hashes)
            try await accounts.register("Bob", more: #","email":"A@B.C","name":null"#)
        }
    }

    @Test("Of many who want one name at once, one gets it") func race() async throws {
        try await withAccounts { accounts in
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await accounts.post(
                            "/auth/register", #"{"username":"Ada","password":"\#(TestAccounts.good)"}"#,
                            from: "192.0.2.\(number)"
                        ).outcome
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "201" } == 1 && outcomes.count { $0 == "409 taken" } == 19, "\(outcomes)")
            #expect(try await accounts.column("SELECT count(*) FROM users") == ["1"])
            #expect(try await accounts.column("SELECT count(*) FROM sessions") == ["1"])
        }
    }

    @Test("All that is wrong is told at once") func details() async throws {
        try await withAccounts { accounts in
            let answer = try await accounts.post(
                "/auth/register",
                #"{"username":"a b","password":"password","email":"nobody","name":"\u202e"}"#)
            #expect(answer.outcome == "400 invalid_input")
            let fields = try answer.json["details"]?.array?.compactMap { $0["field"]?.string }
            #expect(fields == ["username", "password", "email", "name"])
            for (json, outcome) in [
                ("{}", "400 invalid_input"), ("[]", "400 invalid_input"), ("", "415 unsupported_media_type"),
                (#"{"username":"abc","password":12345678901}"#, "400 invalid_input"),
                (#"{"username":"abc","username":"abd","password":"a password of many"}"#, "400 invalid_input"),
                (#"{"username":"\#(String(repeating: "a", count: 20_000))"}"#, "413 payload_too_large"),
            ] {
                #expect(try await accounts.post("/auth/register", json).outcome == outcome, "\(json.prefix(60))")
            }
            #expect(accounts.passwords.hashes == 0)
        }
    }

    @Test("Nobody makes himself an administrator, or somebody else") func massAssignment() async throws {
        try await withAccounts { accounts in
            let answer = try await accounts.register(
                "Eve", more: #","role":"admin","id":"usr_x","user_id":"usr_x","email_verified":true,"banned":false"#)
            #expect(try answer.text("user", "role") == "player")
            #expect(try accounts.claims(try answer.text("access_token")).role == .player)
            #expect(try answer.text("user", "id") != "usr_x")
        }
    }

    @Test("30 an hour from an address") func hourly() async throws {
        try await withAccounts { accounts in
            for number in 0..<30 { try await accounts.register("user\(number)") }
            let refused = try await accounts.post(
                "/auth/register", #"{"username":"user30","password":"\#(TestAccounts.good)"}"#)
            #expect(refused.outcome == "429 rate_limited" && (100...120).contains(refused.retryAfter ?? 0))
            try await accounts.register("user30", from: "192.0.2.2")
            // A customer's network of IPv6 counts as one.
            for number in 0..<30 { try await accounts.register("six\(number)", from: "2001:db8::\(number + 1)") }
            let six = try await accounts.post(
                "/auth/register", #"{"username":"six30","password":"\#(TestAccounts.good)"}"#, from: "2001:db8::ffff")
            #expect(six.outcome == "429 rate_limited")
        }
    }
}
