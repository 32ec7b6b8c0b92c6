import Gateway
import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// A client of `/sse/scoreboard`.
final class TestEvents {
    struct Event: Equatable {
        var id: String?
        var retry: Int?
        var data: String?
        var comments = 0
    }

    let response: TestHTTP.Response
    private let connection: TestConnection

    init(
        port: Int, _ query: String = "", headers: [(String, String)] = [], more: [UInt8] = [],
        receiveBytes: Int32? = nil
    ) throws {
        connection = try TestConnection(port: port, receiveBytes: receiveBytes)
        try connection.send(TestHTTP.request("GET", "/sse/scoreboard" + query, port: port, headers: headers) + more)
        response = try TestHTTP.readResponse(from: connection)
    }

    /// The next block of lines; nil at the end of the stream.
    func receive(within milliseconds: Int = 30_000) throws -> Event? {
        guard let bytes = try connection.read(through: Array("\n\n".utf8), within: milliseconds) else { return nil }
        var event = Event()
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix(":") { event.comments += 1 }
            if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
            if line.hasPrefix("retry: ") { event.retry = Int(line.dropFirst(7)) }
            if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
        }
        return event
    }

    /// The next block that is more than a heartbeat; on a busy machine a test can last until the first heartbeat.
    func receiveMessage() throws -> Event? {
        let deadline = ContinuousClock.now + .seconds(30)
        var event = try receive()
        while event == Event(comments: 1) {
            guard ContinuousClock.now < deadline else { throw TestWebSocket.Silence() }
            event = try receive()
        }
        return event
    }

    func receiveJSON() throws -> (id: String?, json: JSONValue) {
        let event = try receiveMessage()
        return (event?.id, try JSONValue(Array((event?.data ?? "").utf8)))
    }

    func send(_ bytes: [UInt8]) throws { try connection.send(bytes) }
    func drop() { connection.close() }
}

/// Server-sent events.
@Suite struct EventStreamTests {
    @Test func sendsTheSameMessages() async throws {
        try await TestGateway.run { server in
            let stream = try TestEvents(port: server.port)
            #expect(stream.response.status == 200)
            #expect(stream.response["content-type"] == "text/event-stream")
            #expect(stream.response["cache-control"] == "no-store")
            #expect(stream.response["x-accel-buffering"] == "no")
            #expect(stream.response["connection"] == "close")
            #expect(stream.response["content-length"] == nil && stream.response["date"] != nil)
            let socket = try TestWebSocket(port: server.port)
            let delta = try TestEvents(port: server.port, "?mode=delta&limit=2")
            let snapshot = try #require(try stream.receive())
            #expect(snapshot.id == "e1:1")
            #expect(try snapshot.data == socket.receiveText())
            #expect(try delta.receiveJSON().json["entries"]?.array?.count == 2)
            server.store.set(version: 2)
            let update = try #require(try stream.receive())
            #expect(update.id == "e1:2")
            #expect(try update.data == socket.receiveText())
            let change = try delta.receiveJSON()
            #expect(change.id == "e1:2" && change.json["type"]?.string == "leaderboard-delta")
            #expect(change.json["from"]?.integer == 1)
            try waitUntil("three connections") { server.gateway.connections == 3 }
            stream.drop()
            delta.drop()
            try waitUntil("one connection") { server.gateway.connections == 1 }
        }
    }

    @Test func resumes() async throws {
        try await TestGateway.run { server in
            let first = try TestEvents(port: server.port)
            _ = try first.receive()
            server.store.set(version: 2)
            _ = try first.receive()
            func answer(_ query: String, _ last: String?) throws -> String? {
                let headers = last.map { [("Last-Event-ID", $0)] } ?? []
                return try TestEvents(port: server.port, query, headers: headers).receiveJSON().json["type"]?.string
            }
            #expect(try answer("?mode=delta&resume=e1:1", nil) == "leaderboard-delta")
            #expect(try answer("?mode=delta", "e1:1") == "leaderboard-delta")
            #expect(try answer("?mode=delta&resume=e1:2", "e1:1") == "leaderboard-delta", "the field wins")
            #expect(try answer("?mode=delta&resume=e1:1", "what") == "snapshot")
            #expect(try answer("", "e1:1") == "snapshot")
            let current = try TestEvents(port: server.port, "", headers: [("Last-Event-ID", "e1:2")])
            #expect(throws: TestWebSocket.Silence.self) { try current.receive(within: 150) }
            server.store.set(version: 3)
            #expect(try current.receive()?.id == "e1:3")
        }
    }

    @Test func refuses() async throws {
        try await TestGateway.run { server in
            let cases: [(method: String, query: String, status: Int, code: String, field: String?)] = [
                ("GET", "?board=nope", 404, "unknown_board", nil),
                ("GET", "?limit=0", 400, "invalid_input", "limit"),
                ("GET", "?limit=101", 400, "invalid_input", "limit"),
                ("GET", "?resume=e1", 400, "invalid_input", "resume"),
                ("POST", "", 405, "method_not_allowed", nil), ("DELETE", "", 405, "method_not_allowed", nil),
            ]
            for (method, query, status, code, field) in cases {
                let connection = try TestConnection(port: server.port)
                try connection.send(TestHTTP.request(method, "/sse/scoreboard" + query, port: server.port))
                let response = try TestHTTP.readResponse(from: connection)
                let body = try JSONValue(Array(response.body.utf8))
                #expect(response.status == status, "\(method) \(query)")
                #expect(body["code"]?.string == code)
                #expect(body["details"]?.array?.first?["field"]?.string == field)
                if status == 405 { #expect(response["allow"] == "GET, HEAD") }
            }
            let head = try TestConnection(port: server.port)
            try head.send(TestHTTP.request("HEAD", "/sse/scoreboard", port: server.port))
            let line = try head.read(through: Array("\r\n".utf8), within: 10_000)
            #expect(line == Array("HTTP/1.1 200 OK\r\n".utf8))
            #expect(server.gateway.connections == 0)
        }
    }

    @Test func letsAllowedPagesIn() async throws {
        try await TestGateway.run {
            $0.allowedOrigins = ["https://game.example"]
        } _: { server in
            let origin = ("Origin", "https://game.example")
            let stream = try TestEvents(port: server.port, headers: [origin])
            #expect(stream.response["access-control-allow-origin"] == "https://game.example")
            #expect(stream.response["vary"] == "Origin")
            let refused = try TestEvents(port: server.port, "?board=nope", headers: [origin])
            #expect(refused.response.status == 404)
            #expect(refused.response["access-control-allow-origin"] == "https://game.example")
            let other = try TestEvents(port: server.port, headers: [("Origin", "https://other.example")])
            #expect(other.response["access-control-allow-origin"] == nil)
            let connection = try TestConnection(port: server.port)
            let asked = [
                origin, ("Access-Control-Request-Method", "GET"),
                ("Access-Control-Request-Headers", "authorization,cache-control, Last-Event-ID"),
            ]
            try connection.send(TestHTTP.request("OPTIONS", "/sse/scoreboard", port: server.port, headers: asked))
            let preflight = try TestHTTP.readResponse(from: connection)
            #expect(preflight.status == 204)
            #expect(preflight["access-control-allow-headers"] == "authorization, cache-control, Last-Event-ID")
            let silent = try TestEvents(port: server.port)
            #expect(silent.response["vary"] == "Origin")
        }
    }

    @Test func showsThatItLives() async throws {
        try await TestGateway.run {
            $0.settings.heartbeat = .milliseconds(200)
        } _: { server in
            let stream = try TestEvents(port: server.port, "?resume=e1:1")
            let start = ContinuousClock.now
            for _ in 0..<10 { #expect(try stream.receive() == TestEvents.Event(comments: 1)) }
            // Each comes up to a fifth earlier or later. Nothing else, such as pings, has an effect on them.
            #expect(ContinuousClock.now - start > .milliseconds(10 * 100))
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test func ignoresWhatClientsSend() async throws {
        try await TestGateway.run { server in
            let again = TestHTTP.request("GET", "/", port: server.port)
            let stream = try TestEvents(port: server.port, more: again)
            #expect(try stream.receive()?.id == "e1:1")
            try stream.send(again)
            server.store.set(version: 2)
            #expect(try stream.receive()?.id == "e1:2")
            // The connection served a page before.
            let page = try TestConnection(port: server.port)
            try page.send(again)
            #expect(try TestHTTP.readResponse(from: page).status == 200)
            try page.send(TestHTTP.request("GET", "/sse/scoreboard", port: server.port))
            #expect(try TestHTTP.readResponse(from: page).status == 200)
            let first = try page.read(through: Array("\n".utf8), within: 10_000)
            #expect(first == Array("id: e1:2\n".utf8))
        }
    }

    @Test func givesASlowReaderTheLatest() async throws {
        try await TestGateway.run { server in
            server.store.set("wide", version: 1, users: 100, tell: false)
            let slow = try TestEvents(port: server.port, "?board=wide&limit=100", receiveBytes: 4096)
            let fast = try TestEvents(port: server.port, "?board=wide&limit=100")
            #expect(try fast.receive()?.id == "e1:1")
            let last: Int64 = 1_000
            for version in 2...last {
                server.store.set("wide", version: version, users: 100)
                #expect(try fast.receiveMessage()?.id == "e1:\(version)")
            }
            var seen: [String] = []
            repeat { seen.append(try slow.receiveMessage()?.id ?? "") } while seen.last != "e1:\(last)"
            #expect(seen.count < 100, "\(seen.count) of \(last) versions were kept for a reader that did not read")
        }
    }

    @Test func sendsClientsAway() async throws {
        try await TestGateway.run {
            $0.settings.drainPace = .milliseconds(200)
        } _: { server in
            let streams = try (0..<6).map { _ in try TestEvents(port: server.port) }
            for stream in streams { _ = try stream.receive() }
            server.shutDown()
            for stream in streams {
                let last = try #require(try stream.receive())
                let json = try JSONValue(Array((last.data ?? "").utf8))
                #expect(json["type"]?.string == "reconnect")
                #expect(json["after_ms"]?.integer == last.retry.map { Int64($0) })
                #expect(last.id == nil && last.retry.map { (0...5_000).contains($0) } == true)
                #expect(try stream.receive() == nil)
                stream.drop()
            }
        }
    }

    @Test func sharesTheLimitOfConnections() async throws {
        try await TestGateway.run {
            $0.settings.connectionsMax = 1
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            let refused = try TestEvents(port: server.port)
            #expect(refused.response.status == 503 && refused.response["retry-after"] == "5")
        }
    }
}
