import Access
import Accounts
import HTTPTypes
import Signing
import StrictJSON
import Testing

/// The routes of administrators about accounts.
struct UserAdministrationTests {
    @Test("API5 broken function level authorization: players and services use no route of administrators")
    func roles() async throws {
        try await withPeople { house in
            try await house.add("ada", role: .admin)
            try await house.add("eve")
            let before = try await house.everything()
            let requests: [(HTTPRequest.Method, String, String?)] = [
                (.get, "/users?query=a", nil), (.post, "/users/ada/ban", "{}"), (.post, "/users/ada/unban", nil),
                (.put, "/users/eve/role", #"{"role":"admin"}"#), (.get, "/api-keys", nil),
                (.post, "/api-keys", #"{"name":"k","role":"admin"}"#), (.delete, "/api-keys/0123456789abcdef", nil),
            ]
            for (method, path, body) in requests {
                for role in [Role.player, .service] {
                    #expect(try await house.send(method, path, body, as: "eve", role).outcome == "403 forbidden")
                }
                #expect(try await house.send(method, path, body, as: nil).outcome == "401 unauthorized")
            }
            #expect(try await house.everything() == before)
        }
    }

    @Test("Each route declares what it demands")
    func access() async throws {
        try await withPeople { house in
            let demands = house.routes.map { "\($0.method) \($0.path)" }.sorted()
            #expect(
                demands == [
                    "DELETE /api-keys/{id}", "GET /api-keys", "GET /user/{id}", "GET /users", "GET /users/me",
                    "PATCH /user/{id}/update", "POST /api-keys", "POST /users/me/delete",
                    "POST /users/{id}/ban", "POST /users/{id}/unban", "PUT /users/{id}/role",
                    "PUT /users/{user_id}/profile",
                ])
            for route in house.routes {
                let needsAdmin =
                    route.path.hasPrefix("/api-keys") || route.path == "/users" || route.path.hasPrefix("/users/{id}")
                let player = Claims(subject: "u", role: .player, expiresAt: 0)
                #expect(route.access.admits(player) != needsAdmin, "\(route.path)")
                let admin = Claims(subject: "u", role: .admin, expiresAt: 0, scopes: [])
                #expect(!route.access.admits(admin), "\(route.path)")
            }
        }
    }

    @Test("Search finds beginnings of names, and whole addresses")
    func search() async throws {
        try await withPeople { house in
            try await house.add("anna", email: "Anna@example.com", name: "Zoë")
            try await house.add("bert", email: "bert@example.com", name: "100%_a")
            try await house.add("ANTON".lowercased() + "2", name: "zoomer")
            func found(_ query: String) async throws -> [String] {
                let answer = try await house.send(.get, "/users?query=\(query)", as: "root", .admin)
                #expect(answer.status == 200)
                return answer.json["users"]?.array?.compactMap { $0["id"]?.string } ?? []
            }
            let all = ["anna", "anton2", "bert"]
            let expected = [
                ("AN", ["anna", "anton2"]), ("anna.n", ["anna"]), ("zo", ["anna", "anton2"]), ("zoe%CC%88", ["anna"]),
                ("ANNA@EXAMPLE.COM", ["anna"]), ("@example.com", []), ("%25", []), ("100%25_", ["bert"]), ("_", []),
                ("", all),
            ]
            for (query, ids) in expected { #expect(try await found(query) == ids, "\(query)") }
            let bad = ["query=%00", "limit=0", "limit=101", "limit=x", "cursor=anna", "limit=1&limit=2"]
            for query in bad + ["query=\(String(repeating: "a", count: 300))"] {
                #expect(try await house.send(.get, "/users?\(query)", as: "root", .admin).status == 400)
            }
        }
    }

    @Test("Pages follow each other, and each element has the members of lists")
    func pages() async throws {
        try await withPeople { house in
            for id in ["c", "a", "b"] { try await house.add(id + "x") }
            let first = try await house.send(.get, "/users?limit=2", as: "root", .admin)
            #expect(first.keys == ["next", "users"])
            let users = first.json["users"]?.array ?? []
            #expect(users.compactMap { $0["id"]?.string } == ["ax", "bx"])
            #expect(
                users.first?.object?.members.map(\.key).sorted() == [
                    "avatar_url", "ban_reason", "banned_at", "created_at", "email", "email_verified", "id", "name",
                    "role", "username",
                ])
            let next = try #require(first.json["next"]?.string)
            let last = try await house.send(.get, "/users?limit=2&cursor=\(next)", as: "root", .admin)
            #expect(last.json["users"]?.array?.compactMap { $0["id"]?.string } == ["cx"])
            #expect(last.json["next"]?.isNull == true)
        }
    }

    @Test("A ban ends the sessions, and is recorded once")
    func bans() async throws {
        try await withPeople { house in
            try await house.add("root", role: .admin)
            let session = try await house.add("eve")
            let other = try await house.add("ada")
            for _ in 1...2 {
                let answer = try await house.send(.post, "/users/eve/ban", #"{"reason":"cheats"}"#, as: "root", .admin)
                #expect(answer.status == 200 && answer.json["ban_reason"]?.string == "cheats")
                #expect(answer.json["banned_at"]?.string != nil)
            }
            #expect(house.record.ended == [session] && house.acts == ["user.ban done"])
            let entry = try #require(house.record.entries.first)
            #expect(entry.actor == "root" && entry.subject == "eve" && entry.detail == ["reason": "cheats"])
            #expect(try await house.column("SELECT session_id FROM ended_sessions") == [session.description])
            let open = try await house.column("SELECT session_id FROM sessions WHERE ended_at IS NULL")
            #expect(open.contains(other.description) && !open.contains(session.description))
            let free = try await house.send(.post, "/users/eve/unban", as: "root", .admin)
            #expect(free.status == 200 && free.json["banned_at"]?.isNull == true)
            #expect(house.acts == ["user.ban done", "user.unban done"])
            #expect(try await house.send(.post, "/users/nobody/ban", as: "root", .admin).outcome == "404 unknown_user")
            for body in [#"{"reason":""}"#, #"{"reason":"\u0000"}"#, #"{"until":1}"#] {
                #expect(try await house.send(.post, "/users/ada/ban", body, as: "root", .admin).status == 400)
            }
        }
    }

    @Test("A change of the role ends the sessions; the same role changes nothing")
    func changesOfRole() async throws {
        try await withPeople { house in
            try await house.add("root", role: .admin)
            let session = try await house.add("eve")
            for _ in 1...2 {
                let answer = try await house.send(.put, "/users/eve/role", #"{"role":"service"}"#, as: "root", .admin)
                #expect(answer.status == 200 && answer.json["role"]?.string == "service")
            }
            #expect(house.record.ended == [session] && house.acts == ["user.role done"])
            for body in ["{}", #"{"role":"root"}"#, #"{"role":null}"#, #"{"role":"admin","id":"x"}"#] {
                let answer = try await house.send(.put, "/users/eve/role", body, as: "root", .admin)
                #expect(answer.outcome == "400 invalid_input")
            }
            let patched = try await house.send(.patch, "/user/eve/update", #"{"role":"player"}"#, as: "root", .admin)
            #expect(patched.json["role"]?.string == "player")
        }
    }

    @Test("No administrator ends the own rights, and none the last one's")
    func lastAdministrator() async throws {
        try await withPeople { house in
            try await house.add("root", role: .admin)
            let before = try await house.everything()
            let demotion = #"{"role":"player"}"#
            for path in ["/users/root/role", "/users/me/role"] {
                #expect(try await house.send(.put, path, demotion, as: "root", .admin).outcome == "403 forbidden")
                // With a token of the deployment's secret, which has no account.
                let answer = try await house.send(.put, "/users/root/role", demotion, as: "ops", .admin)
                #expect(answer.outcome == "403 forbidden" && answer.body.contains("last administrator"))
            }
            #expect(try await house.send(.post, "/users/me/ban", as: "root", .admin).outcome == "403 forbidden")
            #expect(try await house.send(.post, "/users/root/ban", as: "ops", .admin).outcome == "403 forbidden")
            #expect(
                try await house.send(.patch, "/user/me/update", demotion, as: "root", .admin).outcome == "403 forbidden"
            )
            #expect(try await house.everything() == before)
            try await house.add("second", role: .admin)
            #expect(try await house.send(.post, "/users/root/ban", as: "second", .admin).status == 200)
            #expect(try await house.send(.put, "/users/second/role", demotion, as: "ops", .admin).status == 403)
        }
    }

    @Test("Two administrators who remove each other at once do not both succeed")
    func mutualRemoval() async throws {
        try await withPeople { house in
            for round in 0..<10 {
                let (left, right) = ("left\(round)", "right\(round)")
                _ = try await house.column("UPDATE users SET role = 'player' WHERE true")
                try await house.add(left, role: .admin)
                try await house.add(right, role: .admin)
                async let one = house.send(.post, "/users/\(right)/ban", as: left, .admin)
                async let two = house.send(.put, "/users/\(left)/role", #"{"role":"player"}"#, as: right, .admin)
                #expect(try await [one.status, two.status].sorted() == [200, 403])
            }
        }
    }

    @Test("A role with more scopes than the bearer's cannot be given")
    func escalation() throws {
        let few = Claims(subject: "key:1", role: .admin, expiresAt: 0, scopes: [.usersWrite, .usersRead])
        #expect(throws: (any Error).self) { try PersonPatch.check(.admin, givenBy: few) }
        #expect(throws: (any Error).self) { try PersonPatch.check(.player, givenBy: few) }
        let all = Claims(subject: "root", role: .admin, expiresAt: 0)
        for role in Role.allCases { try PersonPatch.check(role, givenBy: all) }
    }
}
