import Gateway
import Glibc
import Leaderboard
import MetricsTestKit
import StrictJSON
import TestSupport
import Testing

/// The notices to watchers while nothing arrives, and after that.
@Suite struct StaleTests {
    /// Runs a gateway that notices soon.
    private static func run(_ body: @escaping @Sendable (TestGateway) throws -> Void) async throws {
        try await TestGateway.run({ $0.settings.feedPatience = .milliseconds(300) }, body)
    }

    private static func waitForStale(_ server: TestGateway, _ isStale: Bool) throws {
        try waitUntil("the gauge is \(isStale)") {
            try server.metrics.expectGauge("scorecast_gateway_stale").lastValue == (isStale ? 1 : 0)
        }
    }

    @Test func everybodyIsToldOnce() async throws {
        try await Self.run { server in
            let sockets = try (0..<150).map { _ in try TestWebSocket(port: server.port) }
            let stream = try TestEvents(port: server.port)
            for socket in sockets { _ = try socket.receiveStandings() }
            _ = try stream.receive()
            server.store.setLive(false)
            for socket in sockets {
                let text = try socket.receiveText()
                let since = try #require(try JSONValue(Array(text.utf8))["since"]?.integer)
                #expect(text == #"{"type":"stale","since":\#(since)}"#)
                // The gateway's clock stands still, so the difference is the time without a message.
                #expect((200...30_000).contains(TestGateway.now - since))
            }
            let event = try #require(try stream.receive())
            #expect(event.id == nil && event.data?.hasPrefix(#"{"type":"stale","since":"#) == true)
            #expect(try sockets[0].isSilent(milliseconds: 700), "once for each outage")

            // A client that comes now is told right after its first message.
            let late = try TestWebSocket(port: server.port)
            #expect(try late.receiveStandings().version == 1)
            #expect(try late.receiveJSON()["type"]?.string == "stale")
            let lateStream = try TestEvents(port: server.port, "?resume=e1:1")
            #expect(try lateStream.receiveJSON().json["type"]?.string == "stale")

            // The missed version comes before `current`.
            server.store.set(version: 5, tell: false)
            server.store.setLive(true)
            for socket in sockets + [late] {
                #expect(try socket.receiveStandings().version == 5)
                #expect(try socket.receiveText() == #"{"type":"current"}"#)
            }
            for stream in [stream, lateStream] {
                #expect(try stream.receive()?.id == "e1:5")
                #expect(try stream.receive() == TestEvents.Event(id: nil, data: #"{"type":"current"}"#))
            }
            #expect(try sockets[0].isSilent(milliseconds: 100))
            #expect(try TestWebSocket(port: server.port).receiveStandings().version == 5)
        }
    }

    /// `current` is true: the gateway sends it after the tops, however long the store takes.
    @Test func currentWaitsForTheTops() async throws {
        try await Self.run { server in
            server.store.set("other", version: 3, tell: false)
            let socket = try TestWebSocket(port: server.port)
            let other = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other")
            for socket in [socket, other] { _ = try socket.receiveStandings() }
            server.store.setLive(false)
            for socket in [socket, other] { #expect(try socket.receiveJSON()["type"]?.string == "stale") }
            server.store.setReadable(false)
            server.store.set("other", version: 4, tell: false)
            server.store.setLive(true)
            #expect(try socket.isSilent(milliseconds: 500))
            server.store.setReadable(true)
            #expect(try socket.receiveText() == #"{"type":"current"}"#)
            #expect(try other.receiveStandings().version == 4)
            #expect(try other.receiveText() == #"{"type":"current"}"#)
        }
    }

    /// This holds also if the interval between pushes is longer than an outage.
    @Test func currentWaitsForNoInterval() async throws {
        try await TestGateway.run {
            $0.settings.feedPatience = .milliseconds(300)
            $0.settings.fanoutInterval = .milliseconds(60_000)
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            #expect(try socket.receiveStandings().version == 1)
            server.store.setLive(false)
            #expect(try socket.receiveJSON()["type"]?.string == "stale")
            server.store.set(version: 2, tell: false)
            server.store.setLive(true)
            #expect(try socket.receiveStandings().version == 2)
            #expect(try socket.receiveText() == #"{"type":"current"}"#)
        }
    }

    @Test func aShortCutIsNone() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            server.store.setLive(false)
            #expect(try socket.isSilent(milliseconds: 300))
            server.store.setLive(true)
            #expect(try socket.isSilent(milliseconds: 300))
        }
    }

    /// The canary decides: a connection can be open although no messages arrive on it.
    @Test func aDeafFeedIsStale() async throws {
        let isDeaf = Flag()
        try await TestGateway.run {
            $0.canary = {
                isDeaf.isSet
                    ? FeedProof(whyLate: "late", ageMilliseconds: 4_000) : FeedProof(whyLate: nil, ageMilliseconds: 10)
            }
            $0.settings.feedPatience = .milliseconds(300)
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            #expect(try socket.isSilent(milliseconds: 500))
            isDeaf.set(true)
            #expect(try socket.receiveJSON()["type"]?.string == "stale")
            #expect(server.gateway.readiness.whyNotReady() == "late")
            isDeaf.set(false)
            #expect(try socket.receiveText() == #"{"type":"current"}"#)
        }
    }

    /// A client that reads nothing is not told each step, but the state in the end.
    @Test func aSlowReaderIsToldWhatHoldsThen() async throws {
        try await Self.run { server in
            server.store.set("wide", version: 1, users: 100, tell: false)
            let target = "/ws/scoreboard?board=wide&limit=100"
            func fill(_ versions: ClosedRange<Int64>, _ fast: TestWebSocket) throws {
                for version in versions {
                    server.store.set("wide", version: version, users: 100)
                    while try fast.receiveJSON()["version"]?.integer != version {}
                }
            }
            let fast = try TestWebSocket(port: server.port, target)
            _ = try fast.receiveStandings()
            let missesBoth = try TestWebSocket(port: server.port, target, receiveBytes: 4096)
            let slowStream = try TestEvents(port: server.port, "?board=wide&limit=100", receiveBytes: 4096)
            try fill(2...1_000, fast)
            server.store.setLive(false)
            try Self.waitForStale(server, true)
            // These two connected in time to hear nothing of it.
            let missesEnd = try TestWebSocket(port: server.port, target, receiveBytes: 4096)
            server.store.setLive(true)
            try Self.waitForStale(server, false)
            try fill(1_001...1_002, fast)
            #expect(try Self.notices(missesBoth, through: 1_002) == [])
            var seen: [String] = []
            var id: String?
            while id != "e1:1002" {
                let (next, json) = try slowStream.receiveJSON()
                if let type = json["type"]?.string, type == "stale" || type == "current" { seen.append(type) }
                id = next ?? id
            }
            #expect(seen == [])
            #expect(try Self.notices(missesEnd, through: 1_002) == ["stale", "current"])

            let missesNothingInTheEnd = try TestWebSocket(port: server.port, target, receiveBytes: 4096)
            try fill(1_003...2_000, fast)
            server.store.setLive(false)
            try Self.waitForStale(server, true)
            #expect(try Self.notices(missesNothingInTheEnd, through: 2_000, andOneMore: true) == ["stale"])
        }
    }

    /// Reads the notices up to a version.
    private static func notices(
        _ socket: TestWebSocket, through last: Int64, andOneMore: Bool = false
    ) throws -> [String] {
        var notices: [String] = []
        var version: Int64 = 0
        while version != last {
            let json = try socket.receiveJSON()
            version = json["version"]?.integer ?? version
            if json["version"] == nil, let type = json["type"]?.string { notices.append(type) }
        }
        if andOneMore, notices.isEmpty { notices.append(try socket.receiveJSON()["type"]?.string ?? "") }
        return notices
    }
}
