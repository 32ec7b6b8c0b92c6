import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The risks of the OWASP API Security Top 10 (2023), as far as accounts meet them.
    @Suite("OWASP API Security Top 10", .timeLimit(.minutes(10)))
    struct AccountSecurity {
        @Test("API1 Broken object level authorization: nobody reads or changes what is another's")
        func api1() async throws {
            try await Cluster.withAccounts { cluster in
                let ann = try await cluster.register()
                let bob = try await cluster.register(more: #","email":"bob@example.com""#)
                let seen = try await cluster.call("GET", "/user/\(bob.id)", bearer: ann.access)
                #expect(try seen.json.names.isSubset(of: ["id", "name", "avatar_url", "created_at"]), "\(seen.text)")
                for (method, path, json) in [
                    ("PATCH", "/user/\(bob.id)/update", #"{"name":"taken over"}"#),
                    ("PUT", "/users/\(bob.id)/profile", #"{"name":"taken over"}"#),
                ] {
                    let answer = try await cluster.call(method, path, json, bearer: ann.access)
                    #expect([403, 404].contains(answer.status), "\(method) \(path): \(answer.text)")
                }
                let own = try await cluster.call("GET", "/users/me", bearer: bob.access)
                #expect(!own.text.contains("taken over"))
            }
        }

        @Test("API2 Broken authentication: a second use of a refresh token ends the session")
        func api2() async throws {
            try await Cluster.withAccounts { cluster in
                let player = try await cluster.register()
                let next = try player.with(pair: try await cluster.refresh(player.refresh).json)
                let again = try await cluster.refresh(player.refresh, port: cluster.accounts(1))
                #expect(ErrorForm.fault(in: again, status: 401, code: "unauthorized") == nil, "\(again.text)")
                #expect(try await cluster.refresh(next.refresh).status == 401)
                try await eventually("the access token is refused", timeout: .seconds(2) + EndToEnd.machineSlack) {
                    try await cluster.update(player.id, token: next.access).status == 401
                }
            }
        }

        @Test("API2 Broken authentication: guesses are stopped, on all nodes together, and nobody else with them")
        func api2Guesses() async throws {
            try await Cluster.withAccounts { cluster in
                let ann = try await cluster.register()
                let bob = try await cluster.register()
                for name in [ann.username, "nobody-of-this-name"] {
                    var statuses: [Int] = []
                    var begin = ContinuousClock.now
                    // The wait is 1 s, 2 s, 4 s … from the start of a guess. Where hashing takes longer than the first
                    // waits, as without optimization, it is a later guess that has to wait.
                    while statuses.last != 429, statuses.count < 9 {
                        let wait = Duration.seconds(1 << max(statuses.count - 5, 0))
                        let isTooEarly = statuses.count >= 5 && ContinuousClock.now - begin < wait * 0.9
                        begin = ContinuousClock.now
                        let answer = try await cluster.login(
                            name, "guess number \(statuses.count)", port: cluster.accounts(statuses.count))
                        statuses.append(answer.status)
                        if isTooEarly { #expect(answer.status == 429, "\(statuses)") }
                        if answer.status == 429 { #expect(Int(answer.header("retry-after") ?? "") != nil) }
                    }
                    #expect(statuses.prefix(5).allSatisfy { $0 == 401 }, "\(statuses)")
                    #expect(statuses.count > 5 && statuses.last == 429, "\(statuses)")
                }
                // Behind the same address.
                #expect(try await cluster.login(bob.username, bob.password).status == 200)
            }
        }

        @Test("API2 Broken authentication: nothing tells whether a name or an address is known")
        func api2Enumeration() async throws {
            try await Cluster.withAccounts { cluster in
                let player = try await cluster.register(more: #","email":"known@example.com""#)
                let known = try await cluster.login(player.username, "a wrong password")
                let unknown = try await cluster.login(Player.newName(), "a wrong password")
                #expect(known.status == 401 && unknown.status == 401)
                #expect(known.text == unknown.text)
                let fields = { (answer: TinyHTTP.Response) in
                    answer.headers.filter { $0.name != "date" }.map { "\($0.name): \($0.value)" }
                }
                #expect(fields(known) == fields(unknown))
            }
        }

        @Test("API3 Broken object property level authorization: members that are not a player's are refused")
        func api3() async throws {
            try await Cluster.withAccounts { cluster in
                let player = try await cluster.register()
                for json in [
                    #"{"role":"admin"}"#, #"{"coins":1000000}"#, #"{"id":"usr_x"}"#, #"{"username":"root"}"#,
                    #"{"created_at":"2020-01-01T00:00:00Z"}"#, #"{"name":"x","role":"admin"}"#,
                ] {
                    let answer = try await cluster.call(
                        "PATCH", "/user/\(player.id)/update", json, bearer: player.access)
                    #expect([400, 403].contains(answer.status), "\(json): \(answer.text)")
                }
                let me = try await cluster.call("GET", "/users/me", bearer: player.access).json
                #expect(me["role"] == "player")
                #expect(me["coins"] == 0)
                #expect(me["username"] == .string(player.username))
                #expect(me["name"] != "x")
                let register = try await cluster.call(
                    "POST", "/auth/register",
                    #"{"username":"\#(Player.newName())","password":"\#(Player.newPassword())","role":"admin"}"#)
                if register.status == 201 { #expect(try register.json["user"]?["role"] != "admin") }
            }
        }

        @Test("API4 Unrestricted resource consumption: long and deep bodies, and long passwords")
        func api4() async throws {
            try await Cluster.withAccounts { cluster in
                let long = String(repeating: "p", count: 100_000)
                let bodies = [
                    #"{"username":"abc","password":"\#(long)"}"#,
                    #"{"username":"abc","password":"\#(String(repeating: "p", count: 257))"}"#,
                    String(repeating: #"{"a":"#, count: 5000) + "1" + String(repeating: "}", count: 5000),
                ]
                for path in ["/auth/register", "/auth/login"] {
                    for body in bodies {
                        let answer = try await cluster.call("POST", path, body)
                        #expect([400, 401, 413].contains(answer.status), "\(path): \(answer.status)")
                    }
                }
            }
        }

        @Test("API5 Broken function level authorization: what administrators may do, players and services may not")
        func api5() async throws {
            try await Cluster.withAccounts { cluster in
                let player = try await cluster.register()
                let service = cluster.credentials.token("game", role: "service")
                let requests: [(String, String, String?)] = [
                    ("GET", "/users?query=a", nil), ("POST", "/users/\(player.id)/ban", "{}"),
                    ("POST", "/users/\(player.id)/unban", "{}"),
                    ("PUT", "/users/\(player.id)/role", #"{"role":"admin"}"#),
                    ("GET", "/api-keys", nil), ("POST", "/api-keys", #"{"name":"x","role":"service"}"#),
                    ("DELETE", "/api-keys/x", nil),
                ]
                for (method, path, json) in requests {
                    for token in [player.access, service] {
                        let answer = try await cluster.call(method, path, json, bearer: token)
                        #expect(
                            ErrorForm.fault(in: answer, status: 403, code: "forbidden") == nil,
                            "\(method) \(path): \(answer.text)")
                    }
                    let answer = try await cluster.call(method, path, json)
                    #expect(
                        ErrorForm.fault(in: answer, status: 401, code: "unauthorized") == nil,
                        "\(method) \(path): \(answer.text)")
                }
                // It is written each second.
                try await eventually("the refusals are in the audit log") {
                    let log = try await cluster.ledger.rows(
                        "SELECT DISTINCT actor FROM audit_log WHERE outcome = 'refused'")
                    return log.contains { $0 == player.id } && log.contains("game")
                }
            }
        }

        @Test("API6 Unrestricted access to sensitive business flows: accounts cannot be made in masses")
        func api6() async throws {
            try await Cluster.withAccounts { cluster in
                var statuses: [Int] = []
                // A password that is too common is refused before anything is hashed, but the attempt counts.
                for number in 0..<34 {
                    let body = #"{"username":"mass\#(number)","password":"password123"}"#
                    statuses.append(
                        try await cluster.call("POST", "/auth/register", body, port: cluster.accounts(number)).status)
                }
                #expect(statuses.first == 400)
                #expect(statuses.last == 429, "\(statuses)")
            }
        }

        @Test("API8 Security misconfiguration: no caching, no sniffing, no other origin, errors without insides")
        func api8() async throws {
            try await Cluster.withAccounts { cluster in
                let player = try await cluster.register()
                let login = try await cluster.login(player.username, player.password)
                #expect(login.header("cache-control") == "no-store")
                #expect(login.header("x-content-type-options") == "nosniff")
                let foreign = try await cluster.call(
                    "POST", "/auth/login", "{}", headers: [("Origin", "https://evil.example")])
                #expect(foreign.header("access-control-allow-origin") == nil)
                for body in ["{", #"{"username":1}"#, #"{"username":"a\u0000b","password":"0123456789"}"#, "[]"] {
                    let answer = try await cluster.call("POST", "/auth/login", body)
                    #expect([400, 401].contains(answer.status), "\(answer.text)")
                    #expect(!answer.text.lowercased().contains("postgres"))
                }
            }
        }

        @Test("API keys: a service writes with one, nobody uses it after it was revoked, and it is shown once")
        func apiKeys() async throws {
            try await Cluster.withAccounts { cluster in
                let made = try await cluster.call(
                    "POST", "/api-keys", #"{"name":"game","role":"service","scopes":["scores:write"]}"#,
                    bearer: cluster.adminToken)
                #expect(made.status == 201, "\(made.text)")
                let key = try #require(try made.json["key"]?.string)
                let id = try #require(try made.json["id"]?.string)
                LogSecrets.add(key)
                let update = { (headers: [(String, String)]) in
                    let body = Update.body(user: "u1", id: cluster.credentials.actionID("u1"))
                    return try await cluster.call(
                        "POST", "/update-score", body, port: cluster.port(1), headers: headers)
                }
                try await eventually("the key works", timeout: .seconds(2) + EndToEnd.machineSlack) {
                    try await update([("X-API-Key", key)]).status == 200
                }
                #expect(try await update([("Authorization", "Bearer \(key)")]).status == 200)
                let both = try await update([("X-API-Key", key), ("Authorization", "Bearer \(key)")])
                #expect(both.status == 400, "\(both.text)")
                // It has one scope only. The other node knows the key as soon.
                try await eventually("a grant is forbidden", timeout: .seconds(2) + EndToEnd.machineSlack) {
                    let grant = try await cluster.call(
                        "POST", "/actions/kill/grants", #"{"user_id":"u1"}"#, bearer: key, port: cluster.port())
                    return grant.status == 403
                }
                let list = try await cluster.call("GET", "/api-keys", bearer: cluster.adminToken)
                #expect(!list.text.contains(key))
                #expect(
                    try await cluster.call("DELETE", "/api-keys/\(id)", bearer: cluster.adminToken).status == 204)
                try await eventually("the key is refused", timeout: .seconds(2) + EndToEnd.machineSlack) {
                    try await update([("X-API-Key", key)]).status == 401
                }
                let rows = try await cluster.ledger.rows("SELECT * FROM api_keys")
                #expect(!rows.joined().contains(key))
            }
        }
    }
}
