import NIOConcurrencyHelpers
import TestSupport
import Testing

/// Pipelined requests are answered in order, whichever route answers them, and the number that wait is bounded.
@Suite(.timeLimit(.minutes(1))) struct OrderTests {
    @Test func answersInOrder() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            let fast = { TestClient.request("POST", "/fast", body: $0) }
            try client.send(
                fast("1") + TestClient.request("GET", "/hello") + fast("2") + TestClient.request("GET", "/later?a")
                    + TestClient.request("GET", "/hello") + TestClient.request("GET", "/hello") + fast("3")
                    + TestClient.request("POST", "/echo", body: "4") + TestClient.request("GET", "/later?b")
                    + TestClient.request("GET", "/stream") + fast("5"))
            for body in ["1", "hello", "2"] { #expect(try client.receive().body == body) }
            #expect(try client.isSilent(milliseconds: 50))
            try server.later.answer()
            for body in ["later a", "hello", "hello", "3", "4"] { #expect(try client.receive().body == body) }
            try server.later.answer()
            for body in ["later b", "one two three", "5"] { #expect(try client.receive().body == body) }
        }
    }

    @Test func waitsForHummingbird() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send(TestClient.request("GET", "/slow?x") + TestClient.request("POST", "/fast", body: "y"))
            try waitUntil("the route") { server.gate.count == 1 }
            #expect(try client.isSilent(milliseconds: 50))
            server.gate.open()
            #expect(try client.receive().body == "slow x")
            #expect(try client.receive().body == "y")
        }
    }

    /// Waiting requests are answered in a loop. With a recursion, enough of them would overflow the stack.
    @Test(arguments: ["/later?z", "/slow?z"]) func answersManyThatWaited(first: String) async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            let count = 400
            try client.send("GET", first)
            try client.send(String(repeating: TestClient.request("POST", "/fast", body: "f"), count: count))
            try client.send("GET", "/hello")
            if first.hasPrefix("/later") { try server.later.answer() } else { server.gate.open() }
            #expect(try client.receive().body.hasSuffix(" z"))
            for _ in 0..<count { #expect(try client.receive().body == "f") }
            #expect(try client.receive().body == "hello")
        }
    }

    /// While a request is in progress and the client keeps sending, the server stops reading, so that little waits.
    @Test func stopsReadingWhileRequestsWait() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("GET", "/later?z")
            let request = Array(TestClient.request("POST", "/fast", body: "f").utf8)
            let flood = Array(repeating: request, count: 250_000).flatMap { $0 }
            let sent = try client.sendSome(flood[...], within: 500)
            #expect(sent < flood.count, "the server has read it all")
            // All complete requests are answered, in order.
            try server.later.answer()
            #expect(try client.receive().body == "later z")
            for _ in 0..<(sent / request.count) {
                guard try client.receive().body == "f" else { throw TestClient.Failure(call: "another answer") }
            }
        }
    }

    /// After the client has closed its side, NIO delivers everything that the kernel has, even if reading is paused. A
    /// client with too much waiting gets no further responses, and no route takes a part of a body for the whole.
    @Test func boundsWhatWaitsAtTheEnd() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            let later = TestClient.request("GET", "/later?z")
            let echo = TestClient.request("POST", "/echo", fields: ["Transfer-Encoding: chunked"])
            try client.send(later + echo + String(repeating: "1\r\na\r\n", count: 7000) + "0\r\n\r\n")
            client.endOutput()
            // This gives even a busy machine the time to receive everything. From outside one cannot see that it has.
            #expect(try client.isSilent(milliseconds: 1_500))
            try server.later.answer()
            #expect(try client.receive().body == "later z")
            #expect(try client.isEnded())
            try waitUntil("the route ends") { server.bodies.withLockedValue { $0 } == ["failed"] }
        }
    }

    @Test func answersEachRequestOnce() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send(TestClient.request("GET", "/later?a") + TestClient.request("GET", "/later?b"))
            try server.later.answer(times: 2)
            #expect(try client.receive().body == "later a")
            #expect(try client.isSilent(milliseconds: 50))
            try server.later.answer()
            #expect(try client.receive().body == "later b")
        }
    }

    @Test func answersBeforeWhatCannotBeUnderstood() async throws {
        try await TestServer.run { server in
            for (first, body) in [("/later?a", "later a"), ("/slow", "slow ")] {
                let client = try server.connect()
                try client.send(TestClient.request("GET", first) + "garbage\r\n\r\n")
                if first == "/slow" {
                    try waitUntil("the route") { server.gate.count == 1 }
                    server.gate.open()
                } else {
                    try server.later.answer()
                }
                let response = try client.receive()
                #expect(response.status == 200 && response.body == body)
                #expect(try client.receive().status == 400)
                #expect(try client.isEnded())
            }
        }
    }

    /// A request with `Connection: close` is answered, whatever follows it (RFC 9112, 9.6).
    @Test(arguments: ["/later?a", "/slow?a"]) func ignoresWhatFollowsTheLastRequest(target: String) async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send(
                TestClient.request("GET", target, fields: ["Connection: close"])
                    + TestClient.request("POST", "/fast", body: "x"))
            try client.send("garbage\r\n\r\n")
            if target == "/slow?a" { server.gate.open() } else { try server.later.answer() }
            let response = try client.receive()
            #expect(response.body.hasSuffix(" a") && response.closes)
            #expect(try client.isEnded())
        }
    }

    @Test func takesResponseBeforeTheRequestsEnd() async throws {
        try await TestServer.run { server in
            var client = try server.connect()
            try client.send("POST", "/early", fields: ["Content-Length: 6"])
            #expect(try client.receive().body == "early")
            try client.send("abc")
            try client.send("def" + TestClient.request("POST", "/fast", body: "next"))
            #expect(try client.receive().body == "next")
            try client.send("GET", "/hello")
            #expect(try client.receive().body == "hello")

            client = try server.connect()
            try client.send("POST", "/early", fields: ["Content-Length: 9000000", "Connection: close"])
            #expect(try client.receive().closes)
            // The server reads for two more seconds. Otherwise the remaining bytes would reset the connection.
            for _ in 0..<40 { try client.send([UInt8](repeating: 120, count: 10_000)) }
            #expect(try client.isEnded())
        }
    }
}
