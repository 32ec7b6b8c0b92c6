import HTTPKit
import Hummingbird
import Listener
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import TestSupport

/// `POST /fast` answers at once with the body. `GET /empty` answers 204.
struct EchoRoute: FastRoute {
    var bodyBytesMax: Int { 64 }

    func tooLarge(for head: HTTPRequestHead) -> FastResponse {
        FastResponse(status: .payloadTooLarge, body: ByteBuffer(string: "too large"))
    }

    func tooSlow(for head: HTTPRequestHead) -> FastResponse {
        FastResponse(status: .requestTimeout, body: ByteBuffer(string: "too slow"))
    }

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath("/fast") || head.hasPath("/empty") }

    func handle(
        _ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (FastResponse) -> Void
    ) {
        if request.head.hasPath("/empty") { return respond(FastResponse(status: .noContent)) }
        respond(FastResponse(status: .ok, fields: [("X-Route", "fast")], body: request.body))
    }
}

/// `/later?<name>` answers with its query when the test tells it to.
final class LaterRoute: FastRoute {
    typealias Respond = @Sendable (FastResponse) -> Void
    private let held = NIOLockedValueBox<[(name: String, respond: Respond)]>([])

    var bodyBytesMax: Int { 64 }

    func tooLarge(for head: HTTPRequestHead) -> FastResponse { FastResponse(status: .payloadTooLarge) }
    func tooSlow(for head: HTTPRequestHead) -> FastResponse { FastResponse(status: .requestTimeout) }

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath("/later") }

    func handle(
        _ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (FastResponse) -> Void
    ) {
        let name = request.head.uri.split(separator: "?").last.map(String.init) ?? ""
        held.withLockedValue { $0.append((name, respond)) }
    }

    /// Answers the request that has waited longest, from this thread. If none is there, it waits for one.
    ///
    /// - Parameter times: how often to answer. More than once breaks the rule for routes.
    func answer(times: Int = 1) throws {
        try waitUntil("a request for /later") { !held.withLockedValue(\.isEmpty) }
        let next = held.withLockedValue { $0.removeFirst() }
        for _ in 0..<times {
            next.respond(FastResponse(status: .ok, body: ByteBuffer(string: "later \(next.name)")))
        }
    }

    /// The number of requests that wait for their answers.
    var count: Int { held.withLockedValue(\.count) }

    func answerAll() {
        let all = held.withLockedValue { held in
            defer { held = [] }
            return held
        }
        for (_, respond) in all { respond(FastResponse(status: .ok)) }
    }
}

/// `/up` leaves HTTP for a protocol that echoes each byte. `/up?refuse` is refused, `/up?stream` is a stream, and
/// `/up?later` is decided when the test tells it to.
final class UpRoute: UpgradeRoute {
    private let held = NIOLockedValueBox<[@Sendable () -> Void]>([])
    let watch = ChannelWatch()
    let quiesced = NIOLockedValueBox(false)

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath("/up") }

    func decide(
        _ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void
    ) {
        watch.add(channel)
        if head.uri.hasSuffix("refuse") {
            return answer(.refuse(FastResponse(status: .forbidden, body: ByteBuffer(string: "refused"))))
        }
        if head.uri.hasSuffix("stream") {
            return answer(.stream(fields: [("Content-Type", "text/event-stream")], install: { $0.close(promise: nil) }))
        }
        let decision = UpgradeDecision.upgrade(fields: [("Upgrade", "echo"), ("Connection", "Upgrade")]) {
            [quiesced] channel in
            let pipeline = channel.pipeline.syncOperations
            let http = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(SayBack(quiesced: quiesced), position: .after(http))
        }
        if head.uri.hasSuffix("later") {
            held.withLockedValue { $0.append { answer(decision) } }
        } else {
            answer(decision)
        }
    }

    func decideAll() {
        let all = held.withLockedValue { held in
            defer { held = [] }
            return held
        }
        for decide in all { decide() }
    }

    /// Decides the upgrade that has waited longest. If none is there, it waits for one.
    func decide() throws {
        try waitUntil("a request for /up?later") { !held.withLockedValue(\.isEmpty) }
        held.withLockedValue { $0.removeFirst() }()
    }
}

private final class SayBack: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let quiesced: NIOLockedValueBox<Bool>

    init(quiesced: NIOLockedValueBox<Bool>) { self.quiesced = quiesced }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data)), promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            quiesced.withLockedValue { $0 = true }
            context.close(promise: nil)
        } else if case ChannelEvent.inputClosed = event {
            context.close(promise: nil)
        }
    }
}

/// Counts the channels that were passed to it and are still in memory.
final class ChannelWatch: Sendable {
    private struct Weak: Sendable {
        weak let channel: (any Channel)?
    }

    private let channels = NIOLockedValueBox<[Weak]>([])

    func add(_ channel: any Channel) { channels.withLockedValue { $0.append(Weak(channel: channel)) } }

    var seen: Int { channels.withLockedValue(\.count) }
    var alive: Int { channels.withLockedValue { $0.count { $0.channel != nil } } }
}

/// A gate at which Hummingbird's routes wait until the test opens it.
final class Gate: Sendable {
    private let state = NIOLockedValueBox<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLockedValue { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// The number of routes that wait.
    var count: Int { state.withLockedValue(\.waiting.count) }

    func open() {
        let waiting = state.withLockedValue { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
