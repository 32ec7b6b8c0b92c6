import Listener
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// `GET /ws/scoreboard`: where a watcher's connection leaves HTTP.
struct ScoreboardRoute: UpgradeRoute {
    let check: HandshakeCheck
    let status: NodeStatus
    let hubs: [ObjectIdentifier: LoopReference<LoopHub>]

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath("/ws/scoreboard") }

    func decide(_ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void) {
        do throws(Refusal) {
            let agreement = try check.agree(to: head)
            guard !status.isDraining else { throw .draining }
            // A loop without a hub is none of the group that the gateway was made for.
            guard !status.isFull, let hub = hubs[ObjectIdentifier(channel.eventLoop)] else { throw .capacity }
            if agreement.room == nil { status.metrics.upgradeRefused(.board) }
            let (room, resume) = (agreement.room, agreement.resume)
            answer(
                .upgrade(fields: agreement.fields) { try Self.install(on: $0, hub: hub, room: room, resume: resume) })
        } catch {
            status.metrics.upgradeRefused(error.reason)
            answer(.refuse(error.response))
        }
    }

    /// Puts the WebSocket's handlers behind the HTTP decoder, so that the bytes which it has not read reach them, and
    /// before whatever served earlier requests of the connection, which is to see none of them.
    private static func install(
        on channel: any Channel, hub: LoopReference<LoopHub>, room: RoomKey?, resume: ResumePoint?
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        let session = SessionHandler(hub: hub.value)
        let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: GatewayConfiguration.messageBytesMax))
        let http = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(decoder, position: .after(http))
        try pipeline.addHandler(session, position: .after(decoder))
        try SocketOptions.set(on: channel)
        // HTTP's handlers are on their way out until this tick ends; nothing can be written through them.
        channel.eventLoop.assumeIsolated().execute { session.start(in: room, resume: resume) }
    }
}
