import NIOConcurrencyHelpers
import TestSupport
import Testing

/// The requests that a server must refuse or accept by RFC 9112 and RFC 9110, one for each rule. Requests can be
/// smuggled if a proxy and the server read them differently, so the server does not rely on the proxy for these rules.
@Suite(.timeLimit(.minutes(2))) struct RequestRuleTests {
    /// A request, and the expected status of its response.
    struct Rule: Sendable, CustomTestStringConvertible {
        let status: Int
        let request: String

        init(_ status: Int, _ request: String) {
            self.status = status
            self.request = request
        }

        var testDescription: String { "\(request.prefix(60).debugDescription) \(status)" }
    }

    private static func get(_ target: String, _ status: Int, _ fields: String...) -> Rule {
        Rule(status, TestClient.request("GET", target, fields: fields))
    }

    private static func post(_ status: Int, _ fields: String..., body: String = "") -> Rule {
        Rule(status, TestClient.request("POST", "/fast", fields: fields) + body)
    }

    private static func host(_ value: String, _ status: Int) -> Rule {
        Rule(status, "GET /hello HTTP/1.1\r\nHost: \(value)\r\n\r\n")
    }

    /// RFC 9112, 3.2: exactly one `Host`, with a host and an optional port.
    static let hosts: [Rule] =
        ["a", "", "a:80", "a:", "[::1]", "[::1]:80", "1.2.3.4", "a-b_c.example", "a%20b", "a\t"].map { host($0, 200) }
        + [
            "a b", "u@a", "a/b", "a:b", "a:80:80", "[::1", "[]", "[::1]x", "::1", "a\\b", "é", "a#", "a?", "<a>",
            "a\"b",
            "http://a", "a^", "[::1]:x",
        ].map { host($0, 400) } + [
            Rule(400, "GET /hello HTTP/1.1\r\n\r\n"), get("/hello", 400, "Host: test"),
            get("/hello", 400, "Host: other"),
            Rule(200, "GET /hello HTTP/1.0\r\n\r\n"), Rule(400, "GET /hello HTTP/1.0\r\nHost: a b\r\n\r\n"),
            Rule(400, "GET /hello HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        ]

    /// RFC 9112, 3.2 and RFC 9110, 4.2: the four forms of a target. RFC 3986: the characters in it.
    static let targets: [Rule] =
        [
            "/hello", "/hello?x", "/hello?{\"a|b\\c^`\"}", "/%68ello", "/%68%65llo?%", "http://a/hello",
            "https://a:1/hello?x",
            "HTTP://A/%68ello",
        ].map { get($0, 200) }
        + [
            "hello", "*", "a:80", "?x", "http://u@a/hello", "http://u:p@a/hello", "http:///hello", "http://:80/hello",
            "http://a:b/hello", "http://[::1/hello", "ftp://a/hello", "mailto:a", "http:/hello", "/hello#x",
            "/hello?x#y",
            "/%", "/%6", "/%6g", "/hello%", "/%%68ello", "/é", "/h\tello",
        ].map { get($0, 400) }
        + [
            // Encoded slashes stay encoded, and dots are not resolved, so these paths reach no route.
            "/x/../hello", "/./hello", "/%2e/hello", "/x/%2E%2e/hello", "/%2Fhello", "/hello%2F", "/hello%2f..",
            "/HELLO",
            "/hello;x", "/hell%C3%B6", "/hello%00", "/%2568ello",
            // This route is reached by its plain spelling only.
            "/%67oodbye", "/good%62ye", "http://a/%67oodbye",
        ].map { get($0, 404) }
        + [
            get("/goodbye", 200), get("http://a/goodbye", 200), Rule(204, TestClient.request("OPTIONS", "*")),
            Rule(400, TestClient.request("HEAD", "*")), Rule(400, TestClient.request("POST", "*", body: "x")),
            Rule(413, TestClient.request("OPTIONS", "*", body: "x")),
        ]

    /// RFC 9112, 2.2, 3 and RFC 9110, 9.1: the request line.
    static let lines: [Rule] =
        [
            Rule(200, "\r\n" + TestClient.request("GET", "/hello")),
            Rule(200, "\r\n\r\n\r\n" + TestClient.request("GET", "/hello")),
            Rule(501, TestClient.request("CONNECT", "test:80")), Rule(501, TestClient.request("CONNECT", "/hello")),
            Rule(400, TestClient.request("get", "/hello")), Rule(400, TestClient.request("FOO", "/hello")),
            Rule(400, TestClient.request("GE:T", "/hello")), Rule(400, TestClient.request("G\u{0}T", "/hello")),
            Rule(400, " " + TestClient.request("GET", "/hello")), Rule(400, "GET /hello\r\n\r\n"),
            Rule(400, "GET  HTTP/1.1\r\nHost: a\r\n\r\n"), Rule(400, "GET\t/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
            Rule(400, "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n"), Rule(400, "GET /hello HTTP/1.1\rHost: a\r\r"),
        ]
        + [
            "HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/1.10", "HTTP/01.1", "http/1.1", "HTTP/1", "HTTP/1.", "HTTPS/1.1",
            "HTTP/1.1x", "HTTP /1.1", "HTTP/1,1",
        ].map { Rule(400, TestClient.request("GET", "/hello", version: $0)) }

    /// RFC 9112, 5 and RFC 9110, 5: names are tokens without white space around them, and values contain no control
    /// characters.
    static let fields: [Rule] =
        [
            "X : a", "X\t: a", ": a", "X", " X: a", "X: a\r\n b", "X: a\r\n\tb", "X: a\rb", "X: a\r", "X: a\u{0}b",
            "X\u{0}: a", "Xé: a",
        ].map { get("/hello", 400, $0) }
        + "()<>@,;\\\"/[]?={}\u{7f}\u{1}".map { get("/hello", 400, "X\($0)Y: a") }
        + ["\u{1}", "\u{8}", "\u{b}", "\u{c}", "\u{1f}", "\u{7f}"].map { get("/hello", 400, "X: a\($0)b") }
        + [
            get("/hello", 200, "X:a"), get("/hello", 200, "X:\ta\t"), get("/hello", 200, "X:"),
            get("/hello", 200, "X: é"),
            get("/hello", 200, "x-!#$%&'*+.^_`|~9: a"),
        ]

    /// RFC 9112, 6 and 7: finding the end of a request.
    static let bodies: [Rule] =
        ["-1", "+1", "0x1", "1 1", "1;", "", "٣", "1e1", "1, 1", "1,1"].map {
            post(400, "Content-Length: \($0)", body: "a")
        }
        + [
            "chunked, identity", "gzip", "identity", "gzip, chunked", "chunked, chunked", "x chunked", "chunkedx",
            "\"chunked\"", ",chunked", "chunked;a=b", "", "\u{b}chunked",
        ].map { post(400, "Transfer-Encoding: \($0)", body: "0\r\n\r\n") }
        + [
            "0x2\r\nab\r\n", "-2\r\nab\r\n", "+2\r\nab\r\n", "\r\nab\r\n", "g\r\n", "1_0\r\nab\r\n",
            "fffffffffffffffff\r\n",
            "2\nab\r\n", "2\r\nab0\r\n", "2\r\nab\n0\r\n", "2;a\nab\r\n", "2;a\rb\r\nab\r\n", "2\r\nabc\r\n",
            "2\r\nab\r\n0\r\nX: a\r\n b\r\n\r\n", "2\r\nab\r\n0\r\nX : a\r\n\r\n",
            "2;" + String(repeating: "a", count: 200_000) + "\r\nab\r\n0\r\n\r\n",
        ].map { post(400, "Transfer-Encoding: chunked", body: $0) }
        + [
            "2\r\nab\r\n0\r\n\r\n", "2;a=b\r\nab\r\n0\r\n\r\n", "2;a=\"b;c\"\r\nab\r\n0\r\n\r\n",
            "02\r\nab\r\n0\r\n\r\n",
            "2\r\nab\r\n0\r\nX: y\r\n\r\n",
        ].map { post(200, "Transfer-Encoding: chunked", body: $0) }
        + [
            post(400, "Content-Length: 1", "Content-Length: 2", body: "ab"),
            post(400, "Content-Length: 4", "Transfer-Encoding: chunked", body: "0\r\n\r\n"),
            Rule(400, "POST /fast HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ]

    /// RFC 9110, 10.1.1: expectations that the server cannot meet.
    static let expectations: [Rule] =
        ["x", "200-ok", "100-continue, x", "100-continue;q=1"].map { get("/hello", 417, "Expect: \($0)") } + [
            post(417, "Content-Length: 1", "Expect: x"), get("/up?refuse", 417, "Expect: x"),
            get("/hello", 200, "Expect:"), Rule(200, "GET /hello HTTP/1.0\r\nExpect: x\r\n\r\n"),
        ]

    @Test(arguments: [hosts, targets, lines, fields, bodies, expectations])
    func answers(_ rules: [Rule]) async throws {
        try await TestServer.run { server in
            for rule in rules {
                let client = try server.connect()
                client.patienceMilliseconds = 10_000
                try client.send(rule.request)
                let response = try client.receive(toHead: rule.request.hasPrefix("HEAD"))
                #expect(response.status == rule.status, "\(rule.testDescription)")
                if [400, 413, 417, 501].contains(response.status), rule.status == response.status {
                    #expect(response.closes, "\(rule.testDescription)")
                    #expect(response["x-shared"] != nil, "\(rule.testDescription)")
                }
            }
        }
    }

    /// One-byte chunks are accepted, however many there are, and so are chunk extensions of moderate length.
    @Test func takesSmallChunks() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            let echo = TestClient.request("POST", "/echo", fields: ["Transfer-Encoding: chunked"])
            let body = String(repeating: "a", count: 20_000)
            try client.send(echo + String(repeating: "1\r\na\r\n", count: body.count) + "0\r\n\r\n")
            #expect(try client.receive().body == body)
            try client.send(echo + "1;x=" + String(repeating: "y", count: 8_000) + "\r\na\r\n0\r\n\r\n")
            #expect(try client.receive().body == "a")
        }
    }

    /// A body that is nearly all framing is refused. Hummingbird's route has read a part of it by then, and gets an
    /// error instead of the end.
    @Test func endsBodiesThatAreNearlyAllFraming() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            let extensions = "1;" + String(repeating: "y", count: 60_000) + "\r\na\r\n"
            try client.send("POST", "/echo", fields: ["Transfer-Encoding: chunked"])
            for _ in 0..<4 { try client.send(extensions) }
            #expect(try client.receive().status == 400)
            #expect(try client.isEnded())
            try waitUntil("the route ends") { server.bodies.withLockedValue { $0 } == ["failed"] }
        }
    }
}
