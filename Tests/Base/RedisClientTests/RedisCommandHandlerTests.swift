import NIOCore
import NIOEmbedded
import RedisClient
import Testing

/// The handler of one connection, on a channel without a socket: when it writes, and which outcomes callers get.
struct RedisCommandHandlerTests {
    /// The outcomes of a test's calls. The embedded loop and the test run on one thread.
    private final class Outcomes {
        var results: [String] = []
        func call(_ name: String) -> RedisCall {
            let box = NIOLoopBound(self, eventLoop: loop)
            return .command { result in
                switch result {
                case .success(let reply): box.value.results.append("\(name)=\(reply)")
                case .failure(let error): box.value.results.append("\(name)!\(error.code)")
                }
            }
        }
        let loop: any EventLoop
        init(_ loop: any EventLoop) { self.loop = loop }
    }

    private func connection(
        _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) throws -> (channel: EmbeddedChannel, handler: RedisCommandHandler, outcomes: Outcomes) {
        var configuration = RedisConfiguration(host: "h")
        change(&configuration)
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 6379)).wait()
        let reader = try RESPReader(limits: .init(maxReplyBytes: 1000, maxDepth: 8, maxArrayElements: 100))
        let handler = RedisCommandHandler(
            configuration: configuration, reader: reader, metrics: RedisConnectionMetrics(client: "t", connection: 0),
            now: channel.eventLoop.now, onClosed: { _ in })
        try channel.pipeline.syncOperations.addHandler(handler)
        return (channel, handler, Outcomes(channel.eventLoop))
    }

    private func ping(_ encoder: inout RESPEncoder) {
        encoder.begin(argumentCount: 1)
        encoder.append("PING")
    }

    @Test func oneWriteForEachTick() throws {
        let (channel, handler, outcomes) = try connection()
        for round in 1...2 {
            for index in 0..<100 { handler.send(outcomes.call("\(index)"), ping) }
            #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
            channel.embeddedEventLoop.run()
            let written = try #require(try channel.readOutbound(as: ByteBuffer.self))
            #expect(written.readableBytes == 100 * "*1\r\n$4\r\nPING\r\n".utf8.count)
            #expect(try channel.readOutbound(as: ByteBuffer.self) == nil, "round \(round)")
            try channel.writeInbound(ByteBuffer(string: String(repeating: "+PONG\r\n", count: 100)))
        }
        #expect(outcomes.results.count == 200)
        _ = try channel.finish()
    }

    /// A full buffer is written before the tick ends, so that Redis can start. The rest is written at the end of the
    /// tick, and nothing is written twice.
    @Test func muchIsWrittenBeforeTheTickEnds() throws {
        let (channel, handler, outcomes) = try connection()
        let size = "*1\r\n$4\r\nPING\r\n".utf8.count
        let much = (RedisCommandHandler.earlyWriteBytes + size - 1) / size
        for index in 0..<much - 1 { handler.send(outcomes.call("\(index)"), ping) }
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        handler.send(outcomes.call("full"), ping)
        #expect(try channel.readOutbound(as: ByteBuffer.self)?.readableBytes == much * size)
        handler.send(outcomes.call("rest"), ping)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        channel.embeddedEventLoop.run()
        #expect(try channel.readOutbound(as: ByteBuffer.self)?.readableBytes == size)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        try channel.writeInbound(ByteBuffer(string: String(repeating: "+PONG\r\n", count: much + 1)))
        #expect(outcomes.results.count == much + 1)
        _ = try channel.finish()
    }

    @Test func lostConnectionTellsWrittenFromUnwritten() throws {
        let (channel, handler, outcomes) = try connection()
        handler.send(outcomes.call("a"), ping)
        handler.send(outcomes.call("b"), ping)
        channel.embeddedEventLoop.run()
        try channel.writeInbound(ByteBuffer(string: "+PONG\r\n"))
        handler.send(outcomes.call("c"), ping)
        channel.close(promise: nil)
        #expect(outcomes.results == ["a=PONG", "b!unknownOutcome", "c!notConnected"])
        handler.send(outcomes.call("d"), ping)
        #expect(outcomes.results.last == "d!notConnected")
        channel.embeddedEventLoop.run()
    }

    @Test("Commands beyond the bound are refused at once, until replies come")
    func overload() throws {
        let (channel, handler, outcomes) = try connection { $0.maxPending = 3 }
        for name in ["a", "b", "c", "d"] { handler.send(outcomes.call(name), ping) }
        #expect(outcomes.results == ["d!overloaded"])
        channel.embeddedEventLoop.run()
        try channel.writeInbound(ByteBuffer(string: "+PONG\r\n"))
        handler.send(outcomes.call("e"), ping)
        #expect(outcomes.results == ["d!overloaded", "a=PONG"])
        _ = try? channel.finish()
        #expect(outcomes.results.filter { $0.hasSuffix("!unknownOutcome") }.count == 2)
    }

    /// Redis would read a command with too few arguments together with the bytes of the next one.
    @Test func malformedCommandIsTakenBack() throws {
        let (channel, handler, outcomes) = try connection()
        let malformed: [(inout RESPEncoder) -> Void] = [
            { _ in }, { $0.begin(argumentCount: 1) }, { $0.begin(argumentCount: 0) }, { $0.append("PING") },
            {
                $0.begin(argumentCount: 1)
                $0.append("GET")
                $0.append("k")
            },
            {
                $0.begin(argumentCount: 2)
                $0.append("GET")
                $0.begin(argumentCount: 1)
                $0.append("k")
            },
            {
                $0.begin(argumentCount: 1)
                $0.append("PING")
                $0.begin(argumentCount: 1)
                $0.append("PING")
            },
        ]
        handler.send(outcomes.call("ok"), ping)
        for encode in malformed { handler.send(outcomes.call("x"), encode) }
        #expect(outcomes.results == malformed.map { _ in "x!invalidCommand" })
        channel.embeddedEventLoop.run()
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "*1\r\n$4\r\nPING\r\n"))
        _ = try? channel.finish()
    }

    @Test func timeoutClosesAndFailsAllInFlight() throws {
        let (channel, handler, outcomes) = try connection { $0.commandTimeout = .milliseconds(800) }
        handler.send(outcomes.call("a"), ping)
        handler.send(outcomes.call("b"), ping)
        channel.embeddedEventLoop.run()
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(700))
        #expect(outcomes.results.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(200))
        #expect(outcomes.results == ["a!unknownOutcome", "b!unknownOutcome"])
        #expect(!channel.isActive)
    }

    @Test func idleConnectionPings() throws {
        let (channel, _, outcomes) = try connection()
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1500))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "*1\r\n$4\r\nPING\r\n"))
        try channel.writeInbound(ByteBuffer(string: "+PONG\r\n"))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(500))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(!channel.isActive, "nobody answered")
        #expect(outcomes.results.isEmpty)
    }

    @Test(arguments: ["+PONG\r\n+PONG\r\n", "?", "$2000\r\n" + String(repeating: "x", count: 1100)])
    func whatTheServerMustNotSendCloses(wire: String) throws {
        let (channel, handler, outcomes) = try connection()
        handler.send(outcomes.call("a"), ping)
        channel.embeddedEventLoop.run()
        try channel.writeInbound(ByteBuffer(string: wire))
        #expect(!channel.isActive)
        #expect(outcomes.results.count == 1)
        channel.embeddedEventLoop.run()
    }

    @Test("The encoder's forms against the wire format")
    func encoding() throws {
        let (channel, handler, outcomes) = try connection()
        handler.send(outcomes.call("a")) { encoder in
            encoder.begin(argumentCount: 11)
            encoder.append("é")
            encoder.append("")
            for integer in [0, 7, -7, 1_234_567_890, Int64.max, .min] { encoder.append(integer) }
            encoder.append(bytes: [13, 10])
            encoder.append(buffer: ByteBuffer(string: "buffer"))
            encoder.append(String(repeating: "x", count: 300))
        }
        channel.embeddedEventLoop.run()
        let expected =
            "*11\r\n$2\r\né\r\n$0\r\n\r\n$1\r\n0\r\n$1\r\n7\r\n$2\r\n-7\r\n$10\r\n1234567890\r\n"
            + "$19\r\n9223372036854775807\r\n$20\r\n-9223372036854775808\r\n$2\r\n\r\n\r\n$6\r\nbuffer\r\n"
            + "$300\r\n\(String(repeating: "x", count: 300))\r\n"
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: expected))
        _ = try? channel.finish()
    }
}
