import NIOConcurrencyHelpers
import TestSupport
import Testing

/// One request at a time: framing, persistent connections, and refusals (RFC 9110, RFC 9112).
@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    @Test func keepsConnections() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            for _ in 0..<3 {
                try client.send("POST", "/fast", body: "abc")
                let fast = try client.receive()
                #expect(fast.status == 200 && fast.body == "abc")
                #expect(fast["connection"] == nil)
                #expect(fast["date"]?.hasSuffix(" GMT") == true && fast["date"]?.utf8.count == 29)
                try client.send("GET", "/hello")
                let slow = try client.receive()
                #expect(slow.status == 200 && slow.body == "hello" && slow["connection"] == nil)
                #expect(slow["date"]?.utf8.count == 29)
            }
            try client.send("GET", "/empty")
            let empty = try client.receive()
            #expect(empty.status == 204 && empty["content-length"] == nil && empty["date"]?.utf8.count == 29)
            try client.send("GET", "/throws")
            #expect(try client.receive()["date"]?.utf8.count == 29)
        }
    }

    @Test(arguments: ["close", "Close", "x, CLOSE"], ["/fast", "/hello", "/up?refuse"])
    func closesWhenAsked(option: String, target: String) async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send(target == "/fast" ? "POST" : "GET", target, fields: ["Connection: \(option)"])
            #expect(try client.receive().closes)
            #expect(try client.isEnded())
        }
    }

    /// The target may be a whole URI (RFC 9112, 3.2.2).
    @Test func takesWholeURIs() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("POST", "http://a:1/fast", body: "abc")
            #expect(try client.receive().body == "abc")
            try client.send("GET", "HTTPS://a/hello?x=/y")
            #expect(try client.receive().body == "hello")
            for target in ["http://a", "http://a?/hello"] {
                let client = try server.connect()
                try client.send("GET", target)
                #expect(try client.receive().status == 404, "\(target)")
            }
            try client.send("GET", "http://a/up?refuse", fields: UpgradeTests.fields)
            #expect(try client.receive().body == "refused")
        }
    }

    @Test func closesWhenHummingbirdSaysSo() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("GET", "/goodbye")
            #expect(try client.receive().body == "bye")
            #expect(try client.isEnded())
        }
    }

    @Test func speaksHTTP10() async throws {
        try await TestServer.run { server in
            var client = try server.connect()
            try client.send("POST /fast HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")
            #expect(try client.receive().body == "hi")
            #expect(try client.isEnded())

            // The connection stays open if the client asks for it. The response has to say so, or the client would wait
            // for the end of the connection.
            client = try server.connect()
            for _ in 0..<2 {
                try client.send("POST", "/fast", fields: ["Connection: keep-alive"], body: "hi", version: "HTTP/1.0")
                #expect(try client.receive()["connection"] == "keep-alive")
            }

            // An HTTP/1.0 client does not understand chunks.
            client = try server.connect()
            try client.send("GET", "/stream", fields: ["Connection: keep-alive"], version: "HTTP/1.0")
            let response = try client.receive()
            #expect(response["transfer-encoding"] == nil && response.closes)
            #expect(response.body == "one two three")

            // An HTTP/1.0 client does not expect an interim response.
            client = try server.connect()
            try client.send("POST", "/fast", fields: ["Expect: 100-continue"], body: "hi", version: "HTTP/1.0")
            #expect(try client.receive().status == 200)
        }
    }

    @Test(arguments: ["/fast", "/echo"]) func asksForBody(target: String) async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("POST", target, fields: ["Expect: 100-Continue", "Content-Length: 3"])
            #expect(try client.receive().status == 100)
            #expect(try client.isSilent(milliseconds: 50))
            try client.send("abc")
            let response = try client.receive()
            #expect(response.status == 200 && response.body == "abc")
        }
    }

    @Test func readsChunks() async throws {
        try await TestServer.run { server in
            for target in ["/fast", "/echo"] {
                let client = try server.connect()
                let head = TestClient.request("POST", target, fields: ["Transfer-Encoding: Chunked", "Trailer: X"])
                let body = "1;a=b\r\na\r\n2\r\nbc\r\n1\r\nd\r\n0\r\nX: y\r\n\r\n"
                try client.send(head + body)
                #expect(try client.receive().body == "abcd")
                // The same request, sent byte by byte.
                for byte in (head + body).utf8 { try client.send([byte]) }
                #expect(try client.receive().body == "abcd")
            }
        }
    }

    /// White space around a value is not part of it (RFC 9110, 5.5).
    @Test(arguments: ["/fast", "/echo"]) func takesSpaceBehindValues(target: String) async throws {
        try await TestServer.run { server in
            for (field, body) in [
                ("Content-Length: 2 ", "ab"), ("Content-Length:  2", "ab"),
                ("Transfer-Encoding: chunked ", "2\r\nab\r\n0\r\n\r\n"),
            ] {
                let client = try server.connect()
                try client.send(TestClient.request("POST", target, fields: [field]) + body)
                #expect(try client.receive().body == "ab", "\(field)")
            }
        }
    }

    @Test func refusesLargeBodies() async throws {
        try await TestServer.run { server in
            for fields in [
                ["Content-Length: 65"], ["Content-Length: 9223372036854775808"],
                ["Content-Length: 65", "Expect: 100-continue"],
            ] {
                let client = try server.connect()
                try client.send("POST", "/fast", fields: fields)
                let response = try client.receive()
                #expect(response.status == 413 && response.body == "too large" && response.closes)
                #expect(try client.isEnded())
            }
            let client = try server.connect()
            let chunk = "20\r\n" + String(repeating: "x", count: 32) + "\r\n"
            try client.send(
                TestClient.request("POST", "/fast", fields: ["Transfer-Encoding: chunked"]) + chunk + chunk + chunk)
            #expect(try client.receive().status == 413)
            // The remaining bytes do not reset the connection.
            for _ in 0..<20 { try client.send(chunk) }
            #expect(try client.isEnded())
        }
    }

    static let malformed = [
        "hello\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{0}\u{5}\u{1}\u{0}", "GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na",
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        // Another server might see a different end of these requests, or not understand them at all.
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\nContent-Length: 0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\nContent-Length: 0\r\n\r\n",
        // With two `Authorization` fields, nothing says who sent the request.
        "POST /fast HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nauthorization: b\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nAuthorization: a\r\n\r\n",
        "POST /fast HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /fast HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    ]

    @Test func refusesWhatIsNotHTTP() async throws {
        try await TestServer.run { server in
            for text in Self.malformed {
                let client = try server.connect()
                try client.send(text)
                let response = try client.receive()
                #expect(response.status == 400 && response.closes, "\(text)")
                #expect(response.body.contains("bad_request"))
                // The remaining bytes are ignored, and do not reset the connection.
                for _ in 0..<20 { try client.send("more of it\r\n\r\n") }
                #expect(try client.isEnded(), "\(text)")
            }
            // Hummingbird's route did not take a part of a body for the whole.
            try waitUntil("the routes end") { server.bodies.withLockedValue(\.count) == 2 }
            #expect(server.bodies.withLockedValue { $0 } == ["failed", "failed"])
        }
    }

    @Test func refusesLargeHeads() async throws {
        try await TestServer.run { server in
            let kilobyte = String(repeating: "x", count: 1000)
            for fields in [
                ["X: " + String(repeating: "x", count: 13_000)], (0..<30).map { "X\($0): \(kilobyte)" },
                (0..<100).map { "X\($0): y" },
            ] {
                let client = try server.connect()
                try client.send("POST", "/fast", fields: fields, body: "a")
                let response = try client.receive()
                #expect(response.status == 431 && response.closes && response.body.contains("headers_too_large"))
                #expect(try client.isEnded())
            }
            // A token of 8 KiB, and a longer one, which the route refuses itself.
            for count in [8192, 10_000] {
                let client = try server.connect()
                let token = "Authorization: Bearer " + String(repeating: "x", count: count)
                try client.send("POST", "/fast", fields: [token, "Y: \(kilobyte)"], body: "a")
                #expect(try client.receive().status == 200)
            }
            for count in [8193, 12_000, 13_000, 100_000] {
                let client = try server.connect()
                try? client.send("GET", "/" + String(repeating: "x", count: count))
                let response = try client.receive()
                #expect(response.status == 414 && response.closes && response.body.contains("uri_too_long"))
            }
            let client = try server.connect()
            try client.send("POST", "/fast?" + String(repeating: "x", count: 8186), body: "a")
            #expect(try client.receive().status == 200)
        }
    }

    @Test func sendsNoBodyToHEAD() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            for (target, status) in [
                ("/hello", 200), ("/nothing", 404), ("/stream", 200), ("/chunks", 200), ("/throws", 500),
            ] {
                try client.send("HEAD", target)
                #expect(try client.receive(toHead: true).status == status)
                try client.send("POST", "/fast", body: "next")
                #expect(try client.receive().body == "next")
            }
            try client.send("HEAD", "/fast", body: "body")
            let fast = try client.receive(toHead: true)
            #expect(fast["content-length"] == "4")
            try client.send("HEAD", "/up?refuse")
            #expect(try client.receive(toHead: true).status == 403)
            // A stream has no known length.
            try client.send("HEAD", "/up?stream")
            let stream = try client.receive(toHead: true)
            #expect(stream.status == 200 && stream["content-type"] == "text/event-stream")
            #expect(stream["content-length"] == nil && stream["connection"] == nil)
            try client.send("HEAD", "/up?refuse", fields: ["Connection: close"])
            #expect(try client.receive(toHead: true).status == 403)
            #expect(try client.isEnded())
        }
    }
}
