import Storage
import StrictJSON
import TestSupport
import Testing

/// Messages to users, and notifications.
@Suite(.timeLimit(.minutes(2))) struct UserMessageTests {
    @Test("A message goes to all of the user's sockets, a notification only to those that asked")
    func messages() async throws {
        try await LiveWorld.run { world in
            let plain = try world.socket(world.first, "alice")
            let asked = try world.socket(world.second, "alice", query: "?notifications=true")
            let other = try world.socket(world.first, "bob", query: "?notifications=true")
            // Whether the subscriptions are there shows when a message arrives.
            for (socket, user) in [(plain, "alice"), (asked, "alice"), (other, "bob")] {
                socket.patienceMilliseconds = 100
                try waitUntil("messages arrive") {
                    let text = #"{"type":"ready"}"#
                    try world.wait { try await world.sender.send(text, to: user, isNotification: false) }
                    return (try? socket.receive(type: "ready")) != nil
                }
                socket.patienceMilliseconds = 30_000
            }
            try world.wait {
                let notification = #"{"type":"notification","id":1,"kind":"badge"}"#
                try await world.sender.send(notification, to: "alice", isNotification: true)
                let message = #"{"type":"challenge-generated","challenge":{}}"#
                try await world.sender.send(message, to: "alice", isNotification: false)
            }
            #expect(try asked.receive(type: "notification")["id"]?.integer == 1)
            try asked.receive(type: "challenge-generated")
            while true {
                let type = try plain.receiveJSON()["type"]?.string
                #expect(type != "notification")
                if type == "challenge-generated" { break }
            }
            other.patienceMilliseconds = 200
            #expect(throws: TestWebSocket.Silence.self) { try other.receive(type: "notification") }
        }
    }

    @Test("Notifications need a valid token")
    func needsToken() async throws {
        try await LiveWorld.run { world in
            for headers in [[], [("Authorization", "Bearer \(TestTokens.bad)")]] {
                let socket = try TestWebSocket(
                    port: world.first.port, "/ws/scoreboard?notifications=true", headers: headers)
                #expect(try socket.receiveJSON()["code"]?.string == "unauthorized")
                #expect(try socket.receiveClose() == 4401)
            }
            let socket = try TestWebSocket(port: world.first.port, "/ws?notifications=yes")
            #expect(try socket.receiveJSON()["code"]?.string == "invalid_input")
            #expect(try socket.receiveClose() == 4400)
        }
    }

    @Test("A socket that only a token lets in ends with it; another one goes on without messages")
    func tokenEnds() async throws {
        let tokens = try await TestTokens()
        try await TestGateway.run(tokens: { tokens.verifiers($0) }) { server in
            let bearer = [("Authorization", "Bearer \(TestTokens.good)")]
            let plain = try TestWebSocket(port: server.port, "/ws", headers: bearer)
            let asked = try TestWebSocket(port: server.port, "/ws?notifications=true", headers: bearer)
            for socket in [plain, asked] { _ = try socket.receiveStandings() }
            tokens.advanceClock(milliseconds: 60_000)
            #expect(try asked.receiveJSON()["code"]?.string == "unauthorized")
            #expect(try asked.receiveClose() == 4401)
            server.store.set(version: 2)
            #expect(try plain.receiveStandings().version == 2)
            try plain.send(text: #"{"type":"join-room","board":"global","me":true}"#)
            #expect(try plain.receiveJSON()["code"]?.string == "unauthorized")
        }
    }
}
