import Access
import Accounts
import HTTPTypes
import Signing
import StrictJSON
import Testing

/// What users see, and what they change of themselves. Names of the OWASP API Security Top 10 (2023) are in the names
/// of the tests.
struct PeopleRoutesTests {
    private static let ownKeys = [
        "avatar_url", "coins", "country", "created_at", "email", "email_verified", "id", "job", "name", "preferences",
        "role", "time_zone", "tokens", "username",
    ]

    @Test("API3 excessive data exposure: others see four members, and no more")
    func publicPart() async throws {
        try await withPeople { house in
            try await house.add("ada", email: "ada@example.com", name: "Ada")
            for role in Role.allCases {
                let answer = try await house.send(.get, "/user/ada", as: "bob", role)
                #expect(answer.status == 200)
                #expect(answer.keys == ["avatar_url", "created_at", "id", "name"])
                #expect(answer.json["name"]?.string == "Ada" && answer.json["id"]?.string == "ada")
            }
            #expect(try await house.send(.get, "/user/ada", as: nil).outcome == "401 unauthorized")
        }
    }

    @Test("Users see all of themselves, on each of the paths")
    func ownPart() async throws {
        try await withPeople { house in
            try await house.add("ada", role: .service, email: "ada@example.com", name: "Ada")
            for path in ["/users/me", "/user/me", "/user/ada"] {
                let answer = try await house.send(.get, path, as: "ada", .service)
                #expect(answer.status == 200 && answer.keys == Self.ownKeys)
                #expect(answer.json["username"]?.string == "ada.Name" && answer.json["role"]?.string == "service")
                #expect(answer.json["coins"]?.integer == 0 && answer.json["preferences"]?.object != nil)
                #expect(!answer.body.contains("secret-hash"))
            }
        }
    }

    @Test("A user sees the address given last, as a claim; administrators see the one in force")
    func claimedAddress() async throws {
        try await withPeople { house in
            try await house.add("ada", email: "old@example.com")
            _ = try await house.column("UPDATE users SET email_verified_at = now() RETURNING user_id")
            let before = try await house.send(.get, "/users/me", as: "ada")
            #expect(before.json["email"]?.string == "old@example.com" && before.json["email_verified"]?.bool == true)
            _ = try await house.column(
                "UPDATE users SET new_email = 'new@example.com', new_email_key = 'new@example.com' RETURNING user_id")
            let after = try await house.send(.get, "/users/me", as: "ada")
            #expect(after.json["email"]?.string == "new@example.com" && after.json["email_verified"]?.bool == false)
            let list = try await house.send(.get, "/users", as: "boss", .admin)
            #expect(list.body.contains("old@example.com") && !list.body.contains("new@example.com"))
        }
    }

    @Test("A user of another identity provider exists for himself at once, and for others with his profile")
    func foreignUsers() async throws {
        try await withPeople { house in
            let unknown = try await house.send(.get, "/user/firebase:x", as: "bob")
            #expect(unknown.outcome == "404 unknown_user" && unknown.body.contains("There is no such user."))
            let own = try await house.send(.get, "/users/me", as: "firebase:x")
            #expect(own.status == 200 && own.keys == Self.ownKeys && own.json["username"]?.isNull == true)
            let changed = try await house.send(.patch, "/user/me/update", #"{"name":"Zoe\u0308"}"#, as: "firebase:x")
            #expect(changed.json["name"]?.string?.utf8.elementsEqual("Zo\u{EB}".utf8) == true)
            #expect(try await house.send(.get, "/user/firebase%3Ax", as: "bob").status == 200)
        }
    }

    @Test("PATCH changes what is given and answers with one's own view")
    func patch() async throws {
        try await withPeople { house in
            try await house.add("ada", name: "Ada")
            let body = """
                {"avatar_url":"https://e.com/a","country":"GB","job":"smith","time_zone":"Europe/London",
                "preferences":{"sound":false}}
                """
            let answer = try await house.send(.patch, "/user/ada/update", body, as: "ada")
            #expect(answer.status == 200 && answer.keys == Self.ownKeys && answer.json["name"]?.string == "Ada")
            #expect(answer.json["job"]?.string == "smith" && answer.json["preferences"]?["sound"]?.bool == false)
            let cleared = try await house.send(
                .patch, "/user/me/update", #"{"country":null,"preferences":null,"coins":null,"role":null}"#, as: "ada")
            #expect(cleared.json["country"]?.isNull == true && cleared.json["job"]?.string == "smith")
            #expect(cleared.json["preferences"]?.object?.members.isEmpty == true)
            #expect(house.acts.isEmpty)
        }
    }

    @Test("PUT of the profile and PATCH write one row")
    func putProfile() async throws {
        try await withPeople { house in
            try await house.add("ada")
            let put = try await house.send(.put, "/users/ada/profile", #"{"name":"Ada","country":"GB"}"#, as: "ada")
            #expect(put.status == 200 && put.keys == ["avatar_url", "country", "created_at", "id", "name"])
            let patch = try await house.send(.patch, "/user/me/update", #"{"avatar_url":"https://e.com/"}"#, as: "ada")
            #expect(patch.json["name"]?.string == "Ada" && patch.json["country"]?.string == "GB")
            let again = try await house.send(.put, "/users/me/profile", #"{"name":null}"#, as: "ada")
            #expect(again.json["name"]?.isNull == true && again.json["avatar_url"]?.string == "https://e.com/")
            // A game server names users who have never been here.
            let service = try await house.send(.put, "/users/new/profile", #"{"name":"N"}"#, as: "game", .service)
            #expect(service.status == 200 && house.acts == ["user.profile done"])
            for body in [#"{"job":"x"}"#, #"{"preferences":{}}"#, #"{"role":"admin"}"#] {
                #expect(try await house.send(.put, "/users/me/profile", body, as: "ada").outcome == "400 invalid_input")
            }
        }
    }

    @Test("API1 broken object level authorization: nobody changes others, or learns whether they exist")
    func others() async throws {
        try await withPeople { house in
            try await house.add("ada")
            try await house.add("bob")
            let before = try await house.everything()
            for id in ["ada", "nobody", "%61da"] {
                for role in [Role.player, .service] {
                    let body = #"{"name":"Eve","country":"US"}"#
                    let answer = try await house.send(.patch, "/user/\(id)/update", body, as: "bob", role)
                    #expect(answer.outcome == "404 unknown_user")
                }
                let answer = try await house.send(.put, "/users/\(id)/profile", #"{"name":"Eve"}"#, as: "bob")
                #expect(answer.outcome == "404 unknown_user")
            }
            #expect(try await house.everything() == before)
        }
    }

    @Test(
        "API3 mass assignment: a member that is not a user's own changes nothing",
        arguments: [
            (#"{"id":"eve"}"#, 400), (#"{"username":"eve"}"#, 400), (#"{"created_at":"2020-01-01T00:00:00Z"}"#, 400),
            (#"{"role":"admin"}"#, 403), (#"{"coins":1000000}"#, 403), (#"{"tokens":1000000}"#, 400),
            (#"{"banned_at":null}"#, 400), (#"{"password_hash":"x"}"#, 400), (#"{"email_verified":true}"#, 400),
            (#"{"user_id":"eve"}"#, 400), (#"{"Role":"admin"}"#, 400), (#"{"role":"root"}"#, 400),
        ])
    func massAssignment(_ body: String, _ status: Int) async throws {
        try await withPeople { house in
            try await house.add("ada", name: "Ada")
            let before = try await house.everything()
            for role in [Role.player, .service] {
                let with = body.replacing("{", with: #"{"name":"New","#)
                for body in [body, with] {
                    #expect(try await house.send(.patch, "/user/me/update", body, as: "ada", role).status == status)
                }
            }
            #expect(try await house.everything() == before)
            #expect(house.acts == (status == 403 ? Array(repeating: "user.update refused", count: 4) : []))
        }
    }

    @Test(
        "Members that could harm readers are refused, and nothing of the request is done",
        arguments: [
            #"{"name":"a\u0000b"}"#, #"{"name":"\u202Eevil"}"#, #"{"name":""}"#, #"{"job":"a\u0008"}"#,
            #"{"avatar_url":"javascript:alert(1)"}"#, #"{"avatar_url":"https://u@e.com"}"#, #"{"country":"D3"}"#,
            #"{"time_zone":"Nowhere/At_all"}"#, #"{"preferences":{"a":"\u0000"}}"#, #"{"coins":-1}"#,
            #"{"name":"a","name":"b"}"#, #"{"name":"\ud800"}"#, #"{"preferences":"{}"}"#, #"[]"#, "", "null",
        ])
    func harmfulMembers(_ body: String) async throws {
        try await withPeople { house in
            try await house.add("ada")
            let before = try await house.everything()
            let answer = try await house.send(.patch, "/user/me/update", body, as: "ada", .admin)
            #expect(answer.outcome == "400 invalid_input")
            #expect(try await house.everything() == before)
        }
    }

    @Test("API4 unrestricted resource consumption: large bodies are refused")
    func largeBodies() async throws {
        try await withPeople { house in
            let body = #"{"preferences":{"a":"\#(String(repeating: "x", count: 20_000))"}}"#
            let answer = try await house.send(.patch, "/user/me/update", body, as: "ada")
            #expect(answer.outcome == "413 payload_too_large")
        }
    }

    @Test("The job is the user's own, or the administrators'")
    func jobs() async throws {
        try await withPeople { house in
            try await house.add("ada")
            try await house.add("root", role: .admin)
            let body = #"{"job":"smith"}"#
            let refused = try await house.send(.patch, "/user/me/update", body, as: "ada", jobSetter: .admin)
            #expect(refused.outcome == "403 forbidden")
            let set = try await house.send(.patch, "/user/ada/update", body, as: "root", .admin, jobSetter: .admin)
            #expect(set.json["job"]?.string == "smith" && set.json["id"]?.string == "ada")
            #expect(house.acts == ["user.update refused", "user.update done"])
        }
    }

    @Test("An administrator sets the coins through an entry of the wallet")
    func coins() async throws {
        try await withPeople { house in
            try await house.add("ada")
            let answer = try await house.send(.patch, "/user/ada/update", #"{"coins":50}"#, as: "root", .admin)
            #expect(answer.json["coins"]?.integer == 50)
            _ = try await house.send(.patch, "/user/ada/update", #"{"coins":20}"#, as: "root", .admin)
            _ = try await house.send(.patch, "/user/ada/update", #"{"coins":20}"#, as: "root", .admin)
            let entries = try await house.column(
                "SELECT concat_ws(' ', amount, balance, reason) FROM wallet_entries ORDER BY entry_id")
            #expect(entries == ["50 50 admin", "-30 20 admin"])
            #expect(house.acts == ["wallet.set done", "wallet.set done"])
            let unknown = try await house.send(.patch, "/user/nobody/update", #"{"coins":5}"#, as: "root", .admin)
            #expect(unknown.outcome == "404 unknown_user")
        }
    }

    @Test("The e-mail address is changed with the password, by the user alone")
    func emails() async throws {
        try await withPeople { house in
            try await house.add("ada")
            let right = #"{"email":"a@example.com","password":"correct horse","name":"A"}"#
            let wrong = right.replacing("correct", with: "wrong")
            let refused = try await house.send(.patch, "/user/me/update", wrong, as: "ada")
            #expect(refused.outcome == "401 invalid_credentials" && house.record.emails.isEmpty)
            #expect(try await house.column("SELECT name FROM profiles").isEmpty)
            #expect(try await house.send(.patch, "/user/me/update", right, as: "ada").status == 200)
            #expect(house.record.emails == ["a@example.com"])
            let without = try await house.send(.patch, "/user/me/update", #"{"email":"a@example.com"}"#, as: "ada")
            #expect(without.outcome == "400 invalid_input" && without.fields == ["password"])
            #expect(try await house.send(.patch, "/user/ada/update", right, as: "root", .admin).status == 403)
        }
    }

    @Test("An account is deleted with its password")
    func deletion() async throws {
        try await withPeople { house in
            let session = try await house.add("ada")
            let path = "/users/me/delete"
            for body in [#"{"password":"wrong"}"#, #"{"password":""}"#] {
                #expect(try await house.send(.post, path, body, as: "ada").outcome == "401 invalid_credentials")
            }
            for body in ["{}", #"{"password":null}"#, #"{"password":1}"#, #"{"password":"x","id":"bob"}"#] {
                #expect(try await house.send(.post, path, body, as: "ada").outcome == "400 invalid_input")
            }
            #expect(try await house.column("SELECT user_id FROM users") == ["ada"])
            let done = try await house.send(.post, path, #"{"password":"correct horse"}"#, as: "ada")
            #expect(done.status == 204 && done.body.isEmpty)
            #expect(try await house.column("SELECT user_id FROM users").isEmpty)
            #expect(house.record.ended == [session] && house.acts == ["user.delete done"])
            let entry = try #require(house.record.entries.last)
            #expect(entry.actor == "user" && entry.subject == nil && entry.address == nil)
            let foreign = try await house.send(.post, path, #"{"password":"correct horse"}"#, as: "firebase:x")
            #expect(foreign.outcome == "404 unknown_user")
        }
    }
}
