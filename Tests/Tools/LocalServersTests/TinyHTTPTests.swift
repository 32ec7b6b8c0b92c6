import TestSupport
import Testing

@Suite("The tests' HTTP client")
struct TinyHTTPTests {
    @Test(
        "reads an answer however it is cut up",
        arguments: [
            ("Content-Length: 5\r\nX-A: b\r\n\r\nhello", "hello"),
            ("Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n, the rest\r\n0\r\n\r\n", "hello, the rest"),
            ("Content-Length: 0\r\n\r\n", ""),
        ]
    )
    func whole(_ fields: String, _ body: String) throws {
        let answer = "HTTP/1.1 200 OK\r\n" + fields
        for size in 1...answer.utf8.count {
            var parser = ResponseParser(hasBody: true)
            var response: TinyHTTP.Response?
            var rest = Array(answer.utf8)[...]
            while response == nil, !rest.isEmpty {
                response = try parser.feed(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(response?.text == body, "in pieces of \(size) bytes")
        }
    }

    @Test("an answer without a length ends with the stream")
    func untilTheEnd() throws {
        var parser = ResponseParser(hasBody: true)
        let early = try parser.feed(Array("HTTP/1.1 200 OK\r\nX-Name:  v \r\n\r\nab".utf8))
        #expect(early == nil)
        let response = try #require(try parser.feed(nil))
        #expect(response.text == "ab")
        #expect(response.header("x-NAME") == "v")
    }

    @Test(
        "a broken answer is an error",
        arguments: [
            "", "HTTP/1.1 200", "SMTP\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        ]
    )
    func broken(_ answer: String) {
        #expect(throws: TinyHTTP.Malformed.self) {
            var parser = ResponseParser(hasBody: true)
            _ = try parser.feed(Array(answer.utf8))
            _ = try parser.feed(nil)
        }
    }

    @Test("a server that is not HTTP is an error, not a hang")
    func notHTTP() async throws {
        try await withRedis { redis in
            let port = redis.port
            await #expect(throws: (any Error).self) {
                try await TinyHTTP.request(port: port, "/", timeout: .seconds(2))
            }
        }
    }
}
