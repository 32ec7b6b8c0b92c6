import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// An account from its registration to its deletion, over two nodes of the role `accounts`.
    @Suite("Accounts", .timeLimit(.minutes(5)))
    struct AccountLife {
        @Test("register, play, log in elsewhere, refresh, log out")
        func life() async throws {
            try await Cluster.withAccounts { cluster in
                let name = Player.newName()
                var player = try await cluster.register(name, more: #","name":"Ada L.""#)
                let score = try await cluster.update(player.id, token: player.access)
                #expect(score.status == 200, "\(score.text)")

                // Another spelling of the name, on another node.
                let answer = try await cluster.login(name.uppercased(), player.password, port: cluster.accounts(1))
                #expect(answer.status == 200)
                #expect(try answer.json.names == ["user", "access_token", "refresh_token", "expires_in"])
                #expect(try answer.json["expires_in"] == 900)
                let phone = try Player(answer.json, username: name, password: player.password)
                #expect(phone.id == player.id)

                let pair = try await cluster.refresh(player.refresh, port: cluster.accounts(1))
                #expect(pair.status == 200)
                #expect(try pair.json.names == ["access_token", "refresh_token", "expires_in"])
                player = try player.with(pair: pair.json)
                let me = try await cluster.call("GET", "/users/me", bearer: player.access)
                #expect(try me.json["username"] == .string(name))
                #expect(try me.json["name"] == "Ada L.")

                let out = try await cluster.call("POST", "/auth/logout", bearer: player.access)
                #expect(out.status == 204, "\(out.text)")
                #expect(try await cluster.refresh(player.refresh).status == 401)
                // The other device stays.
                #expect(try await cluster.call("GET", "/users/me", bearer: phone.access).status == 200)
            }
        }

        @Test("every path works with the prefix /api, too, but not those of operators")
        func prefix() async throws {
            try await Cluster.withAccounts { cluster in
                let player = try await cluster.register()
                #expect(try await cluster.call("GET", "/api/users/me", bearer: player.access).status == 200)
                let body = Update.body(user: player.id, id: cluster.credentials.actionID(player.id))
                let update = try await cluster.call(
                    "POST", "/api/update-score", body, bearer: player.access, port: cluster.port())
                #expect(update.status == 200, "\(update.text)")
                for path in ["/api/metrics", "/api/readyz", "/api/healthz", "/api/api/users/me"] {
                    #expect(try await cluster.call("GET", path, bearer: player.access).status == 404, "\(path)")
                }
            }
        }

        @Test("a change of the password ends all other sessions")
        func password() async throws {
            try await Cluster.withAccounts { cluster in
                let player = try await cluster.register()
                let other = try Player(
                    try await cluster.login(player.username, player.password).json, username: player.username,
                    password: player.password)
                let new = Player.newPassword()
                LogSecrets.add(new)
                let wrong = try await cluster.call(
                    "POST", "/auth/password", #"{"old":"\#(new)","new":"\#(new)"}"#, bearer: player.access)
                #expect((400..<500).contains(wrong.status))
                let change = try await cluster.call(
                    "POST", "/auth/password", #"{"old":"\#(player.password)","new":"\#(new)"}"#, bearer: player.access)
                #expect((200..<300).contains(change.status), "\(change.text)")
                try await eventually("the other session is refused", timeout: .seconds(2) + EndToEnd.machineSlack) {
                    try await cluster.call("GET", "/users/me", bearer: other.access, port: cluster.accounts(1)).status
                        == 401
                }
                #expect(try await cluster.call("GET", "/users/me", bearer: player.access).status == 200)
                #expect(try await cluster.login(player.username, player.password).status == 401)
                #expect(try await cluster.login(player.username, new).status == 200)
            }
        }

        @Test("who deletes the account is gone, and the name is free again")
        func deletion() async throws {
            try await Cluster.withAccounts(persisters: 1) { cluster in
                let player = try await cluster.register()
                #expect(try await cluster.update(player.id, token: player.access).status == 200)
                let wrong = try await cluster.call(
                    "POST", "/users/me/delete", #"{"password":"not the password"}"#, bearer: player.access)
                #expect((400..<500).contains(wrong.status))
                let gone = try await cluster.call(
                    "POST", "/users/me/delete", #"{"password":"\#(player.password)"}"#, bearer: player.access)
                #expect(gone.status == 204, "\(gone.text)")
                #expect(try await cluster.login(player.username, player.password).status == 401)
                try await eventually("the score is gone", timeout: .seconds(20)) {
                    try await cluster.entries("global").allSatisfy { $0["user_id"]?.string != player.id }
                }
                try await eventually("no row names the user", timeout: .seconds(30)) {
                    let query = "SELECT 1 FROM score_events WHERE user_id = '\(player.id)'"
                    return try await cluster.ledger.rows(query).isEmpty
                }
                _ = try await cluster.register(player.username)
            }
        }
    }
}
