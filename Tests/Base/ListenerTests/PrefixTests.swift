import Testing

/// The prefix of paths: the same for fast routes, upgrades and Hummingbird.
@Suite(.timeLimit(.minutes(1))) struct PrefixTests {
    @Test func everyRouteHasIt() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            for prefix in ["", "/api"] {
                try client.send("POST", "\(prefix)/fast", body: "x")
                #expect(try client.receive()["x-route"] == "fast")
                try client.send("GET", "\(prefix)/hello?a=/api/b")
                #expect(try client.receive().body == "hello")
                try client.send("GET", "\(prefix)/up?refuse", fields: UpgradeTests.fields)
                #expect(try client.receive().body == "refused")
                let other = try server.connect()
                try other.send(TestClient.request("GET", "\(prefix)/up", fields: UpgradeTests.fields) + "said")
                #expect(try other.receive().status == 101)
                #expect(try other.read(4).map { String(decoding: $0, as: UTF8.self) } == "said")
            }
        }
    }

    @Test func thereIsNoOtherDoor() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            for path in [
                "/api/goodbye", "/api/goodbye?a", "/api/%67oodbye", "/api//goodbye", "//api/goodbye",
                "/api/api/hello", "//api/hello", "/api//hello", "/apihello", "/api/api/fast", "/api//up",
            ] {
                try client.send("GET", path)
                #expect(try client.receive().status == 404, "\(path)")
            }
            try client.send("GET", "/goodbye")
            #expect(try client.receive().body == "bye")
        }
    }
}
