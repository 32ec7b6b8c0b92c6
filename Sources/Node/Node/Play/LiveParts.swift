import Leaderboard
import Players
import PostgresClient

/// Messages to sockets, and calls from gateways.
struct LiveParts {
    /// Sends messages to sockets.
    let sender: any LiveSender

    init(_ node: NodeContext, pool: PostgresPool) {
        sender = NoSender()
    }

    /// The services: one that answers the calls of gateways, and one that pushes notifications.
    func services(answering calls: any RoomCalls) -> [ModuleService] { [] }
}

private struct NoSender: LiveSender {
    func send(_ message: String, to userID: String, isNotification: Bool) async throws(StoreError) {}
    func send(_ progress: RoomProgress, to challenge: String) async throws(StoreError) {}
}
