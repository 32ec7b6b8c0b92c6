import NIOCore
import NIOHTTP1
import ScorecastClient
import Testing

@Suite struct HandshakeTests {
    @Test(arguments: [
        ("ws://h", false, "h", 80, "/ws/scoreboard", "h"), ("wss://h/", true, "h", 443, "/ws/scoreboard", "h"),
        ("HTTP://127.0.0.1:8080", false, "127.0.0.1", 8080, "/ws/scoreboard", "127.0.0.1:8080"),
        ("https://h:80/a/b", true, "h", 80, "/a/b", "h:80"),
        ("ws://[::1]:81/x", false, "::1", 81, "/x", "[::1]:81"),
        ("wss://[::1]", true, "::1", 443, "/ws/scoreboard", "[::1]"),
    ])
    func addressesAreRead(url: String, tls: Bool, host: String, port: Int, path: String, field: String) throws {
        let address = try #require(ServerAddress(url))
        #expect(address.usesTLS == tls && address.host == host && address.port == port && address.path == path)
        #expect(address.hostField == field)
    }

    @Test(arguments: [
        "", "h", "ftp://h", "ws://", "ws://:80", "ws://h:", "ws://h:0", "ws://h:65536", "ws://h:+1", "ws://u@h",
        "ws://h/?a", "ws://h#a", "ws://h/ b", "ws://h\r\nX: y", "ws://[::1", "ws://[h]", "ws://[::1]x", "ws://é",
    ])
    func otherAddressesAreRefused(url: String) {
        #expect(ServerAddress(url) == nil)
        #expect(throws: ScoreboardError.self) { try Scoreboard(ScoreboardConfiguration(url: url)) }
    }

    @Test(arguments: ["", "a b", "a\r\nX: y", "é", String(repeating: "a", count: 8193)])
    func tokensThatCouldEndTheFieldAreRefused(token: String) {
        var configuration = ScoreboardConfiguration(url: "ws://h")
        configuration.token = .value(token)
        #expect(throws: ScoreboardError.self) { try Scoreboard(configuration) }
    }

    @Test func allThatIsWrongIsSaidAtOnce() {
        var configuration = ScoreboardConfiguration(url: "h")
        configuration.limit = 0
        configuration.board = ""
        configuration.silenceTimeout = .zero
        configuration.messageBytesMax = 0
        #expect(configuration.validate().count == 5)
    }

    @Test func theRequestIsThatOfTheProtocol() throws {
        let address = try #require(ServerAddress("ws://h:1"))
        var configuration = ScoreboardConfiguration(url: "ws://h:1")
        configuration.board = "über & co"
        configuration.window = "0 22 * * *"
        configuration.mode = .delta
        let head = UpgradeRequest(address, configuration, resumePoint: "e:7", token: "a.b.c").head
        let window = "window=0%2022%20%2A%20%2A%20%2A"
        #expect(
            head.uri == "/ws/scoreboard?board=%C3%BCber%20%26%20co&\(window)&limit=10&mode=delta&resume=e:7")
        #expect(head.headers["Authorization"] == ["Bearer a.b.c"])
        #expect(head.headers["Sec-WebSocket-Version"] == ["13"])
        #expect(head.headers["Sec-WebSocket-Key"].first?.count == 24)
        let other = UpgradeRequest(address, configuration, resumePoint: nil, token: nil).head
        #expect(!other.headers.contains(name: "Authorization") && !other.uri.contains("resume"))
        #expect(other.headers["Sec-WebSocket-Key"] != head.headers["Sec-WebSocket-Key"])
    }

    @Test func onlyTheRightAnswerIsTaken() throws {
        let address = try #require(ServerAddress("ws://h"))
        let request = UpgradeRequest(address, ScoreboardConfiguration(url: "ws://h"), resumePoint: nil, token: nil)
        let key = try #require(request.head.headers["Sec-WebSocket-Key"].first)
        let right = [
            ("Upgrade", "WebSocket"), ("Connection", "keep-alive, Upgrade"),
            ("Sec-WebSocket-Accept", ScriptedServer.accept(key)),
        ]
        func problem(_ fields: [(String, String)]) -> String? {
            request.problem(
                in: HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: HTTPHeaders(fields)))
        }
        #expect(problem(right) == nil)
        #expect(problem(right + [("Sec-WebSocket-Protocol", "scorecast.v1")]) == nil)
        for index in right.indices {
            var fields = right
            fields.remove(at: index)
            #expect(problem(fields) != nil)
        }
        #expect(problem(right + [("Sec-WebSocket-Accept", "x")]) != nil)
        #expect(problem(right + [("Sec-WebSocket-Protocol", "other")]) != nil)
        #expect(problem(right + [("Sec-WebSocket-Extensions", "permessage-deflate")]) != nil)
        #expect(problem([("Upgrade", "h2c")] + right.dropFirst()) != nil)
    }

    @Test(
        arguments: [("5", .seconds(5)), ("-1", nil), ("1.5", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil)]
            as [(String, Duration?)])
    func retryAfterIsReadInSeconds(value: String, expected: Duration?) {
        let head = HTTPResponseHead(
            version: .http1_1, status: .serviceUnavailable, headers: ["Retry-After": value])
        #expect(UpgradeRequest.refusal(head) == HandshakeRefusal(status: 503, retryAfter: expected))
    }

    @Test func headsAreReadWhereverTheyAreCut() throws {
        let text = "HTTP/1.1 503 Service Unavailable\r\nretry-after:5\r\nX: \t a:b \r\nEmpty:\r\n\r\nbody"
        for cut in 0...text.utf8.count {
            var bytes = ByteBuffer(bytes: Array(text.utf8.prefix(cut)))
            let head = try ResponseHead.read(from: &bytes)
            #expect((head != nil) == (cut >= text.utf8.count - 4))
            guard let head else {
                #expect(bytes.readableBytes == cut)
                continue
            }
            #expect(head.status == .serviceUnavailable && head.headers["X"] == ["a:b"] && head.headers["Empty"] == [""])
            #expect(head.headers["Retry-After"] == ["5"] && bytes.readableBytes == cut - (text.utf8.count - 4))
        }
    }

    @Test(arguments: [
        "SSH-2.0", "HTTP/2", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 99 No\r\n\r\n", "HTTP/1.1 +10 No\r\n\r\n",
        "HTTP/1.1 600 No\r\n\r\n", "HTTP/1.1\r\n\r\n", "\r\n\r\n", "HTTP/1.1 101 S\r\nUpgrade\r\n\r\n",
        "HTTP/1.1 101 S\r\nUpgrade : x\r\n\r\n", "HTTP/1.1 101 S\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 101 S\r\n: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: ResponseHead.bytesMax),
    ])
    func whatIsNoHeadIsRefused(text: String) {
        var bytes = ByteBuffer(string: text)
        #expect(throws: ResponseHead.NotHTTP.self) { try ResponseHead.read(from: &bytes) }
    }
}
