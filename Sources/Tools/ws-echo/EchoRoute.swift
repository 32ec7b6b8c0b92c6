import HTTPKit
import Listener
import NIOCore
import NIOHTTP1
import WebSocket

/// A WebSocket on every path that sends each message back, with the frames and the pipeline of the gateway.
struct EchoRoute: UpgradeRoute {
    /// Bounds for what a client sends.
    let limits: InboundFrames.Limits

    func accepts(_ head: HTTPRequestHead) -> Bool { true }

    func decide(_ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void) {
        do throws(OpeningHandshake.Fault) {
            let fields = try OpeningHandshake.accept(head)
            let deflate = PerMessageDeflate.agree(to: head)
            answer(
                .upgrade(fields: fields + deflate.fields) { [limits] in
                    try EchoHandler(limits: limits, compression: deflate.compression).install(on: $0)
                })
        } catch {
            answer(.refuse(.badRequest))
        }
    }
}
