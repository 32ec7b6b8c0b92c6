import Foundation
import NIOCore
import NIOPosix
import ScorecastClient
import Synchronization
import TestSupport
import Testing

/// Very many simple WebSockets on a few event loops. They read only the version of each message, so that a measurement
/// is about the server and not about its clients. They can stop reading. Resuming and deltas are tested with a `Fleet`.
final class Crowd: Sendable {
    /// One message that a watcher got while the crowd was recording.
    struct Sample: Sendable {
        var watcher: Int
        var version: Int64
        /// The time from the commit in Redis to the arrival, in ms.
        var latency: Double
        /// The time of arrival, in microseconds since 1970.
        var receivedAt: Int64
    }

    /// The messages that one watcher has seen.
    struct Seen: Sendable {
        /// The version of the last message about the standings; -1 before the first.
        var version: Int64 = -1
        var messages = 0
        var bytes = 0
        /// The last message about the standings.
        var last = ByteBuffer()
    }

    /// The messages that all watchers have seen.
    struct Log: Sendable {
        var seen: [Seen] = []
        var samples: [Sample]?
        /// Violations of the protocol, and connections that ended.
        var faults: [String] = []
        var ended = 0

        mutating func fault(_ text: String) { if faults.count < 100 { faults.append(text) } }
    }

    private let group: MultiThreadedEventLoopGroup
    private let shared = Mutex(Log())
    private let channels = Mutex<[any Channel]>([])

    private init(threads: Int) { group = MultiThreadedEventLoopGroup(numberOfThreads: threads) }

    /// Runs a test with a crowd, and ends its connections afterwards.
    static func run<Result>(
        threads: Int = 1, isolation: isolated (any Actor)? = #isolation, _ body: (Crowd) async throws -> Result
    ) async throws -> Result {
        let crowd = Crowd(threads: threads)
        do {
            let result = try await body(crowd)
            try? await crowd.group.shutdownGracefully()
            return result
        } catch {
            try? await crowd.group.shutdownGracefully()
            throw error
        }
    }

    // MARK: Watchers

    /// The number of watchers.
    var count: Int { channels.withLock { $0.count } }

    /// The log so far.
    var log: Log { shared.withLock { $0 } }

    /// Opens `more` connections, a few at a time, and waits until all of them have a top.
    ///
    /// - Parameter receiveBytes: the size of the kernel's buffer for unread bytes; by default the kernel's choice.
    func open(_ more: Int, port: Int, atOnce: Int = 250, receiveBytes: Int? = nil) async throws {
        var first = count
        let end = first + more
        shared.withLock { $0.seen += Array(repeating: Seen(), count: more) }
        while first < end {
            let next = min(first + atOnce, end)
            for number in first..<next { try await connect(number, port: port, receiveBytes: receiveBytes) }
            let part = first..<next
            first = next
            try await eventually("\(next) watchers have a top", timeout: .seconds(30), every: .milliseconds(5)) {
                shared.withLock { $0.seen[part].allSatisfy { $0.version >= 0 } }
            }
        }
    }

    private func connect(_ number: Int, port: Int, receiveBytes: Int?) async throws {
        var bootstrap = ClientBootstrap(group: group)
        if let receiveBytes {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: numericCast(receiveBytes))
        }
        let channel = try await bootstrap.channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(CrowdHandler(number: number, port: port, crowd: self))
            }
        }.connect(host: "127.0.0.1", port: port).get()
        channels.withLock { $0.append(channel) }
    }

    /// Makes these watchers stop reading, or read again.
    func setReading(_ reads: Bool, _ watchers: Range<Int>) async throws {
        for channel in channels.withLock({ Array($0[watchers]) }) {
            try await channel.setOption(.autoRead, value: reads).get()
        }
    }

    fileprivate func take(_ message: ByteBuffer, at number: Int) {
        guard let version = message.integer(after: #""version":"#), let at = message.integer(after: #""at":"#) else {
            return shared.withLock { $0.fault("watcher \(number) got \(String(buffer: message))") }
        }
        let now = Self.microseconds
        shared.withLock { log in
            let before = log.seen[number].version
            if version <= before { log.fault("watcher \(number) got version \(version) after \(before)") }
            log.seen[number].version = version
            log.seen[number].messages += 1
            log.seen[number].bytes += message.readableBytes
            log.seen[number].last = message
            log.samples?.append(
                Sample(
                    watcher: number, version: version, latency: Double(now) / 1000 - Double(at), receivedAt: now))
        }
    }

    fileprivate func ended(_ number: Int, _ reason: String) {
        shared.withLock { log in
            log.ended += 1
            log.fault("watcher \(number): \(reason)")
        }
    }

    private static var microseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    // MARK: State of the watchers

    /// Returns what arrived while `body` ran.
    func recording(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void
    ) async rethrows -> [Sample] {
        shared.withLock { $0.samples = [] }
        defer { shared.withLock { $0.samples = nil } }
        try await body()
        return shared.withLock { $0.samples ?? [] }
    }

    /// Waits until these watchers have a version or a newer one. Returns how long that took.
    func catchUp(
        _ watchers: Range<Int>? = nil, with version: Int64, within time: Duration
    ) async throws -> Duration {
        let watchers = watchers ?? 0..<count
        let start = ContinuousClock.now
        try await eventually(
            "\(watchers.count) watchers have version \(version)", timeout: time, every: .milliseconds(5)
        ) {
            shared.withLock { $0.seen[watchers].allSatisfy { $0.version >= version } }
        }
        return ContinuousClock.now - start
    }

    /// Expects that all watchers have the top of Redis, which must not change any more, and that there were no faults.
    func expectAll(_ probe: RedisProbe, within time: Duration = .seconds(5) + EndToEnd.machineSlack) async throws {
        let top = try await probe.top()
        _ = try await catchUp(with: top.version, within: time)
        let log = log
        for message in Set(log.seen.map(\.last)) {
            #expect(try Self.entries(of: message) == top.entries)
        }
        #expect(log.faults.isEmpty, "\(log.faults.prefix(5))")
    }

    private static func entries(of message: ByteBuffer) throws -> [ScoreboardEntry] {
        try (JSON(message.readableBytesView)["entries"]?.array ?? []).map { entry in
            ScoreboardEntry(
                rank: entry["rank"]?.integer ?? 0, userID: entry["user_id"]?.string ?? "",
                score: entry["score"]?.integer ?? .min)
        }
    }
}

/// The client side of one watcher's connection (RFC 6455): the handshake, text messages of one frame each, and pings.
private final class CrowdHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let port: Int
    private let crowd: Crowd
    private var input = ByteBuffer()
    private var isOpen = false
    private var isOver = false

    init(number: Int, port: Int, crowd: Crowd) {
        (self.number, self.port, self.crowd) = (number, port, crowd)
    }

    func channelActive(context: ChannelHandlerContext) {
        let head = WebSocketRequest.head(port: port, "/ws/scoreboard")
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        input.writeImmutableBuffer(unwrapInboundIn(data))
        if !isOpen {
            let all = input.readableBytesView
            guard let past = all.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return }
            let head = input.readString(length: past - all.startIndex) ?? ""
            guard head.hasPrefix("HTTP/1.1 101 ") else { return end(context, head) }
            isOpen = true
        }
        while let frame = ServerSideFrame.read(from: &input) {
            switch frame.first {
            case 0x81: crowd.take(frame.payload, at: number)
            case 0x89: pong(frame.payload, context)
            default: return end(context, "a frame that begins with \(frame.first)")
            }
        }
        input.discardReadBytes()
        // Usually nothing is left, and no buffer is kept.
        if input.readableBytes == 0 { input = ByteBuffer() }
    }

    /// Sends a pong with a mask of zeros, which changes nothing.
    private func pong(_ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        var frame = ByteBuffer(bytes: [0x8A, 0x80 | UInt8(payload.readableBytes), 0, 0, 0, 0])
        frame.writeImmutableBuffer(payload)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(context, "\(error)") }
    func channelInactive(context: ChannelHandlerContext) { end(context, "the connection has ended") }

    private func end(_ context: ChannelHandlerContext, _ reason: String) {
        guard !isOver else { return }
        isOver = true
        crowd.ended(number, reason)
        context.close(promise: nil)
    }
}

extension ByteBuffer {
    /// Returns the number after a text in a message; the first one that is found.
    fileprivate func integer(after name: StaticString) -> Int64? {
        let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return withUnsafeReadableBytes { bytes in
            let end = bytes.count - name.count
            guard let place = (0..<max(end, 0)).first(where: { bytes[$0...].starts(with: name) }) else { return nil }
            let digits = bytes[(place + name.count)...].prefix {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            return Int64(String(decoding: digits, as: UTF8.self))
        }
    }
}
