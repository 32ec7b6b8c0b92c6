import HTTPKit
import Listener
import NIOCore
import NIOHTTP1

/// A WebSocket on every path that sends each message back, on the gateway's own frames and pipeline: what conformance
/// suites are run against. No node serves it.
package struct EchoRoute: UpgradeRoute {
    private let check = HandshakeCheck(origins: OriginPolicy(allowed: ["*"]))
    private let limits: InboundFrames.Limits

    /// - Parameter limits: what may come.
    package init(limits: InboundFrames.Limits) {
        self.limits = limits
    }

    package func accepts(_ head: HTTPRequestHead) -> Bool { true }

    package func decide(
        _ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void
    ) {
        do throws(Refusal) {
            let fields = try check.agree(to: head)
            let deflate = PerMessageDeflate.agree(to: head)
            answer(
                .upgrade(fields: fields + deflate.fields) { [limits] in
                    try EchoHandler(limits: limits, compression: deflate.compression).install(on: $0)
                })
        } catch {
            answer(.refuse(error.response))
        }
    }
}

/// One echoing WebSocket.
private final class EchoHandler: WebSocketHandler {
    private let limits: InboundFrames.Limits
    private static let closeTime = TimeAmount.seconds(5)

    init(limits: InboundFrames.Limits, compression: Compression) {
        self.limits = limits
        super.init(compression: compression)
    }

    override var frameLimits: InboundFrames.Limits { limits }

    override func received(_ message: ByteBuffer, isText: Bool) {
        send(ServerFrame.message(message, isText: isText, compression: compression))
    }

    override func closing(on eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.closeTime) { bound.value.cut() }
    }
}
