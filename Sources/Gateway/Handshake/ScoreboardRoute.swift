import Listener
import NIOCore
import NIOHTTP1

/// `GET /ws/scoreboard`: where a watcher's connection leaves HTTP.
struct ScoreboardRoute: UpgradeRoute {
    let check: HandshakeCheck
    let status: NodeStatus
    let compresses: Bool
    let hubs: [ObjectIdentifier: LoopReference<LoopHub>]

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath("/ws/scoreboard") }

    func decide(_ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void) {
        do throws(Refusal) {
            let agreement = try check.agree(to: head)
            guard !status.isDraining else { throw .draining }
            // A loop without a hub is none of the group that the gateway was made for.
            guard !status.isFull, let hub = hubs[ObjectIdentifier(channel.eventLoop)] else { throw .capacity }
            if agreement.room == nil { status.metrics.upgradeRefused(.board) }
            let deflate = compresses ? PerMessageDeflate.agree(to: head) : .none
            answer(
                .upgrade(fields: agreement.fields + deflate.fields) {
                    let session = SessionHandler(
                        hub: hub.value, room: agreement.room, resume: agreement.resume, wire: deflate.wire)
                    try session.install(on: $0)
                })
        } catch {
            status.metrics.upgradeRefused(error.reason)
            answer(.refuse(error.response))
        }
    }
}
