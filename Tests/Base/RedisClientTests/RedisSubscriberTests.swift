import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

/// Pub/sub against a real Redis.
struct RedisSubscriberTests {
    private typealias Events = NIOLockedValueBox<[RedisSubscriber.Event]>

    private func withSubscriber(
        _ configuration: RedisConfiguration, channels: [String] = [],
        _ body: (RedisSubscriber, NIOLockedValueBox<[RedisSubscriber.Event]>) async throws -> Void
    ) async throws {
        let events = Events([])
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let subscriber = try RedisSubscriber(configuration: configuration, eventLoop: loop, logger: quietLogger) {
            event in
            #expect(loop.inEventLoop)
            events.withLockedValue { $0.append(event) }
        }
        for channel in channels { try subscriber.subscribe(channel) }
        let running = Task { try await subscriber.run() }
        defer { running.cancel() }
        try await eventually { subscriber.isLive }
        try await body(subscriber, events)
        running.cancel()
        try await running.value
        #expect(!subscriber.isLive)
        #expect(!subscriber.isConnected)
    }

    private func message(_ channel: String, _ text: String) -> RedisSubscriber.Event {
        .message(channel: channel, payload: ByteBuffer(string: text))
    }

    @Test func subscribeReceiveUnsubscribe() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client in
                try await withSubscriber(server.configuration, channels: ["a"]) { subscriber, events in
                    let first: [RedisSubscriber.Event] = [
                        .subscribed(channel: "a", generation: 1), .allSubscribed(generation: 1),
                    ]
                    try await eventually { events.withLockedValue { $0 } == first }
                    #expect(try await client.command("PUBLISH", "a", "1") == .integer(1))
                    try subscriber.subscribe("b")
                    try subscriber.subscribe("b")
                    try await eventually { events.contains(.subscribed(channel: "b", generation: 1)) }
                    #expect(try await client.command("PUBLISH", "b", "2") == .integer(1))
                    try await eventually { events.contains(message("b", "2")) }
                    #expect(events.contains(message("a", "1")))
                    subscriber.unsubscribe("a")
                    try await eventually { try await client.command("PUBLISH", "a", "3") == .integer(0) }
                    #expect(try await client.command("PUBSUB", "CHANNELS").array?.count == 1)
                }
            }
        }
    }

    @Test func isWholeAgainAfterKillAndAfterClientKill() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client in
                let channels = (0..<1000).map { "channel-\($0)" }
                try await withSubscriber(server.configuration, channels: channels) { subscriber, events in
                    try await client.command("CLIENT", "KILL", "TYPE", "pubsub")
                    try await eventually { events.contains(.allSubscribed(generation: 2)) }
                    #expect(try await client.command("PUBLISH", "channel-999", "x") == .integer(1))
                    try await eventually { events.contains(message("channel-999", "x")) }

                    server.kill()
                    try await eventually { !subscriber.isConnected && !subscriber.isLive }
                    // Asked for and given up while there is no connection.
                    try subscriber.subscribe("new")
                    subscriber.unsubscribe("channel-0")
                    try await server.start()
                    try await eventually { subscriber.isLive }
                    try await client.waitUntilConnected(timeout: .seconds(30))
                    #expect(try await client.command("PUBLISH", "new", "y") == .integer(1))
                    #expect(try await client.command("PUBLISH", "channel-0", "y") == .integer(0))
                    try await eventually { events.contains(message("new", "y")) }

                    // Each connection reports every channel, and then that all are subscribed. Each loss is reported
                    // once, before the next connection.
                    let told = events.withLockedValue { $0 }
                    for generation: UInt64 in 1...3 {
                        let live = told.filter {
                            if case .subscribed(_, generation) = $0 { true } else { false }
                        }
                        #expect(live.count == 1000)
                        #expect(told.filter { $0 == .allSubscribed(generation: generation) }.count == 1)
                    }
                    #expect(told.filter { $0 == .disconnected }.count == 2)
                }
            }
        }
    }

    @Test func frozenServerIsNoticed() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.pingInterval = .milliseconds(50)
            // Longer than a busy machine delays a reply.
            configuration.pingTimeout = .milliseconds(2500)
            configuration.connectTimeout = .milliseconds(2500)
            try await withSubscriber(configuration, channels: ["a"]) { subscriber, events in
                // The server answers several pings in the subscribed state before it hangs.
                try await withClient(server.configuration, connections: 1) { client async throws in
                    try await eventually {
                        let stats = try await client.command("INFO", "commandstats").string ?? ""
                        let calls = stats.firstRange(of: "cmdstat_ping:calls=").map {
                            stats[$0.upperBound...].prefix { $0 != "," }
                        }
                        return calls.flatMap { Int($0) } ?? 0 >= 8
                    }
                }
                #expect(subscriber.isLive)
                #expect(!events.contains(.disconnected))
                server.freeze()
                try await eventually { !subscriber.isLive }
                server.thaw()
                try await eventually { subscriber.isLive }
            }
        }
    }

    @Test func channelsAreBounded() async throws {
        var configuration = RedisConfiguration(host: "h")
        configuration.maxChannels = 2
        let subscriber = try RedisSubscriber(
            configuration: configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger
        ) { _ in }
        try subscriber.subscribe("a")
        try subscriber.subscribe("b")
        try subscriber.subscribe("a")
        let error = #expect(throws: RedisError.self) { try subscriber.subscribe("c") }
        #expect(error?.code == .tooManyChannels)
        subscriber.unsubscribe("a")
        try subscriber.subscribe("c")
    }
}

extension NIOLockedValueBox<[RedisSubscriber.Event]> {
    fileprivate func contains(_ event: RedisSubscriber.Event) -> Bool {
        withLockedValue { $0.contains(event) }
    }
}
