import NIOHTTP1
import Testing
import WebSocket

/// The opening handshake (RFC 6455, 4.2).
@Suite struct OpeningHandshakeTests {
    /// The fields of the example in RFC 6455, 1.3.
    private static let fields = [
        ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    private func head(
        _ method: HTTPMethod = .GET, without: String = "", with: [(String, String)] = []
    ) -> HTTPRequestHead {
        let fields = Self.fields.filter { $0.0 != without } + with
        return HTTPRequestHead(version: .http1_1, method: method, uri: "/", headers: HTTPHeaders(fields))
    }

    @Test func answersTheKey() throws {
        let fields = try OpeningHandshake.accept(head())
        #expect(fields.map(\.name) == ["Upgrade", "Connection", "Sec-WebSocket-Accept"])
        #expect(fields.last?.value == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func refusesOtherRequests() {
        let (version, key) = ("Sec-WebSocket-Version", "Sec-WebSocket-Key")
        var http10 = head()
        http10.version = .http1_0
        let cases: [(HTTPRequestHead, OpeningHandshake.Fault)] = [
            (head(.POST), .method), (head(.HEAD), .notAnUpgrade), (http10, .notAnUpgrade),
            (head(without: "Upgrade"), .notAnUpgrade), (head(without: "Connection"), .notAnUpgrade),
            (head(without: version), .version), (head(without: version, with: [(version, "8")]), .version),
            (head(without: key), .key), (head(without: key, with: [(key, "c2hvcnQ=")]), .key),
            (head(with: [(key, "dGhlIHNhbXBsZSBub25jZQ==")]), .key),
        ]
        for (head, fault) in cases {
            #expect(throws: fault, "\(head)") { try OpeningHandshake.accept(head) }
        }
    }
}
