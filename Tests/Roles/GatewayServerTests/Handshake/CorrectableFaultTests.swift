import Gateway
import StrictJSON
import TestSupport
import Testing

/// Faults that a client can correct. A page does not see the status of a refused upgrade, only the close code of an
/// accepted one.
@Suite struct CorrectableFaultTests {
    struct Request: Sendable, CustomTestStringConvertible {
        var query: String
        var close: UInt16
        var status: Int
        var code: String
        /// The beginning of the sentence.
        var message = ""
        var testDescription: String { query }

        static func malformed(_ query: String, _ message: String) -> Request {
            Request(query: query, close: 4400, status: 400, code: "invalid_input", message: message)
        }
        static func unknown(_ query: String, _ what: String) -> Request {
            Request(query: query, close: 4404, status: 404, code: "unknown_\(what)")
        }

        static let all = [
            malformed("?board=a%2Fb", "board must be 1 to 64"), malformed("?board=", "board must be"),
            malformed("?limit=0", "limit must be 1 to 100"), malformed("?limit=101", "limit must be"),
            malformed("?limit=ten", "limit must be"), malformed("?limit=", "limit must be"),
            malformed("?limit=%2B5", "limit must be"), malformed("?limit=5.0", "limit must be"),
            malformed("?limit=99999999999999999999", "limit must be"),
            malformed("?mode=loud", "mode must be full or delta"), malformed("?mode=Full", "mode must be"),
            malformed("?resume=e1", "resume must be <epoch>:<version>"), malformed("?resume=e1:-1", "resume must be"),
            malformed("?window=1+2&mode=x&limit=-1&resume=x:y", "limit must be 1 to 100; mode must be"),
            malformed("?mode=full&mode=full", "mode must be given once"),
            malformed("?board=global&%62oard=global", "board must be given once"),
            malformed("?board=%zz", "query must be percent-encoded UTF-8"), malformed("?x=%FF", "query must be"),
            malformed("?x=" + String(repeating: "a", count: 2048), "query must not be longer"),
            malformed("?period=previous", "period must be current"), malformed("?period=", "period must be current"),
            malformed("?period=2026-11-20&board=nope", "period must be current"),
            malformed("?window=day&period=all", "period must be current"),
            unknown("?board=nope", "board"), unknown("?board=Global", "board"),
            unknown("?window=day", "window"), unknown("?window=", "window"), unknown("?window=%C3%A9", "window"),
            unknown("?board=nope&window=day", "board"),
        ]
    }

    @Test func isToldAfterTheHandshake() async throws {
        try await TestGateway.run { server in
            for request in Request.all {
                let socket = try TestWebSocket(port: server.port, "/ws/scoreboard" + request.query)
                let error = try socket.receiveJSON()
                #expect(error["type"]?.string == "error" && error["code"]?.string == request.code, "\(request)")
                let message = error["message"]?.string ?? ""
                #expect(message.hasPrefix(request.message), "\(request): \(message)")
                #expect(try socket.receiveClose() == request.close, "\(request)")
                #expect(socket.closeReason == message.prefix(123), "\(request)")
                #expect(try socket.receive() == .end)
            }
            let reasons = [("input", "invalid_input"), ("board", "unknown_board"), ("window", "unknown_window")]
            for (reason, code) in reasons {
                let count = Int64(Request.all.count { $0.code == code })
                #expect(try server.count("upgrades_refused", [("reason", reason)]) == count)
            }
            try waitUntil("nobody is left") { server.gateway.connections == 0 }
        }
    }

    /// A client that reads an event stream sees the status.
    @Test func isTheStatusOfAnEventStream() async throws {
        try await TestGateway.run { server in
            for request in Request.all {
                let response = try TestEvents(port: server.port, request.query).response
                let body = try JSONValue(Array(response.body.utf8))
                #expect(response.status == request.status, "\(request)")
                #expect(body["status"]?.string == "error" && body["code"]?.string == request.code, "\(request)")
                #expect((body["details"]?.array?.isEmpty == false) == (request.status == 400), "\(request)")
            }
            #expect(server.gateway.connections == 0)
        }
    }

    @Test func joinsSayTheSame() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            try socket.send(text: #"{"type":"join-room","window":"day"}"#)
            let error = try socket.receiveJSON()
            #expect(error["code"]?.string == "unknown_window" && error["window"]?.string == "day")
            try socket.send(text: #"{"type":"join-room","period":"previous"}"#)
            #expect(try socket.receiveJSON()["message"]?.string == "period must be current.")
            server.store.set(version: 2)
            #expect(try socket.receiveStandings().version == 2, "the connection lives on")
        }
    }

    /// Requests that fail without a mistake of the client are refused as HTTP, before anything else is checked.
    @Test func otherRefusalsComeFirst() async throws {
        try await TestGateway.run {
            $0.settings.connectionsMax = 0
        } _: { server in
            for query in ["", "?limit=0", "?board=nope"] {
                let error = #expect(throws: TestWebSocket.Refused.self) {
                    try TestWebSocket(port: server.port, "/ws/scoreboard" + query)
                }
                #expect(error?.response.status == 503 && error?.response["retry-after"] != nil)
                let page = #expect(throws: TestWebSocket.Refused.self) {
                    let origin = [("Origin", "https://evil.example")]
                    return try TestWebSocket(port: server.port, "/ws/scoreboard" + query, headers: origin)
                }
                #expect(page?.response.status == 403)
            }
        }
    }
}
