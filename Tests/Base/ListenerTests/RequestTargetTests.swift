import Listener
import NIOHTTP1
import Testing

/// The normal form of a request's target, so that routes see one spelling of a path.
@Suite struct RequestTargetTests {
    /// The target in a word; a resource by its path and query.
    private func target(
        _ uri: String, method: HTTPMethod = .GET, bytesMax: Int = 40, literalPaths: [String] = [],
        prefix: String? = nil
    ) -> String {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: uri)
        head.headers.add(name: "Host", value: "first")
        switch RequestTarget(head, bytesMax: bytesMax, literalPaths: literalPaths, prefix: prefix) {
        case .resource(let head): return head.uri
        case .server: return "server"
        case .tooLong: return "too long"
        case .malformed: return "malformed"
        }
    }

    @Test("Equivalent spellings of a path are one; slashes stay encoded, dots and queries stay as they are")
    func paths() {
        let rows: [(uri: String, target: String)] = [
            ("/", "/"), ("/a?b=c", "/a?b=c"), ("/%61", "/a"), ("/%7e%2D%2e%5F", "/~-._"), ("/%2f", "/%2F"),
            ("/a%c3%b6", "/a%C3%B6"), ("/%2561", "/%2561"), ("/../a", "/../a"), ("/%2E%2e/a", "/../a"),
            ("/a?%61%", "/a?%61%"), ("/%61?%61", "/a?%61"), ("/a;b", "/a;b"), ("//a", "//a"),
        ]
        for (uri, expected) in rows { #expect(target(uri) == expected, "\(uri)") }
    }

    @Test("A target that breaks the grammar is malformed")
    func malformed() {
        for uri in ["", "a", "?a", "/a#b", "/a?b#c", "/a b", "/a\t", "/é", "/a?é", "/%", "/%6", "/%zz", "/a\u{7f}"] {
            #expect(target(uri) == "malformed", "\(uri)")
        }
    }

    @Test("A whole URI is its path and query, and its authority is the host")
    func wholeURIs() throws {
        let rows: [(uri: String, target: String)] = [
            ("http://a/b?c", "/b?c"), ("HTTPS://a:1/%62", "/b"), ("http://a", "/"), ("http://a?b", "/?b"),
            ("http://[::1]/b", "/b"), ("ftp://a/b", "malformed"), ("http:///b", "malformed"),
            ("http://:1/b", "malformed"), ("http://u@a/b", "malformed"), ("http://a b/c", "malformed"),
            ("http:/b", "malformed"), ("a:80", "malformed"),
        ]
        for (uri, expected) in rows { #expect(target(uri) == expected, "\(uri)") }
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "http://second:1/b")
        head.headers.add(name: "Host", value: "first")
        guard case .resource(let inner) = RequestTarget(head, bytesMax: 40) else {
            Issue.record("not a resource")
            return
        }
        #expect(inner.headers["Host"] == ["second:1"])
    }

    @Test("A path may have the prefix, once and in one spelling; the literal paths may not")
    func prefix() {
        let rows: [(uri: String, target: String)] = [
            ("/api/a", "/a"), ("/api/a?b=/api/c", "/a?b=/api/c"), ("/api/", "/"), ("/api/?a", "/?a"),
            ("/a", "/a"), ("/a/api/b", "/a/api/b"), ("/%61pi/a", "/a"), ("/api/%61", "/a"),
            ("http://x/api/a", "/a"), ("/api/api/a", "/api/a"), ("/api/apia", "/apia"),
            // Not the prefix.
            ("/api", "/api"), ("/api?a", "/api?a"), ("/apia", "/apia"), ("/API/a", "/API/a"), ("//api/a", "//api/a"),
            ("/api//a", "/api//a"), ("/api%2fa", "/api%2Fa"), ("/./api/a", "/./api/a"),
            // What a proxy may hide by its plain spelling.
            ("/metrics", "/metrics"), ("/api/metrics", "/api/metrics"), ("/api/metrics?a", "/api/metrics?a"),
            ("/api/%6detrics", "/api/metrics"), ("/%61pi/metrics", "/api/metrics"),
            ("/api//metrics", "/api//metrics"), ("http://x/api/metrics", "/api/metrics"),
        ]
        for (uri, expected) in rows {
            #expect(target(uri, literalPaths: ["/metrics"], prefix: "/api") == expected, "\(uri)")
        }
        #expect(target("/api/a") == "/api/a", "a listener without a prefix")
    }

    @Test("Only OPTIONS can ask for the server itself")
    func server() {
        #expect(target("*", method: .OPTIONS) == "server")
        for method in [HTTPMethod.GET, .POST, .HEAD] { #expect(target("*", method: method) == "malformed") }
        #expect(target("**", method: .OPTIONS) == "malformed")
    }

    @Test("A target may have as many bytes as the limit says, and not one more")
    func lengths() {
        let longest = "/" + String(repeating: "a", count: 39)
        #expect(target(longest) == longest)
        #expect(target(longest + "a") == "too long")
        // Too long comes first, whatever else is wrong.
        #expect(target(longest + "#") == "too long")
        // Escapes count as they came.
        #expect(target("/" + String(repeating: "%61", count: 14)) == "too long")
    }

    @Test("A literal path is not reached by a spelling with escapes")
    func literalPaths() {
        #expect(target("/a", literalPaths: ["/a"]) == "/a")
        #expect(target("/%61", literalPaths: ["/a"]) == "/%61")
        #expect(target("/%61?b", literalPaths: ["/a"]) == "/%61?b")
        #expect(target("http://h/%61", literalPaths: ["/a"]) == "/%61")
        #expect(target("/%61b", literalPaths: ["/a"]) == "/ab")
    }
}
