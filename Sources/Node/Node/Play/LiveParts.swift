import Leaderboard
import NIOPosix
import Players
import PostgresClient
import ServiceLifecycle
import Storage

/// Messages to sockets, and calls from gateways.
struct LiveParts {
    /// Sends messages to sockets.
    let sender: any LiveSender
    private let node: NodeContext

    init(_ node: NodeContext, pool: PostgresPool) {
        self.node = node
        sender = RedisLiveSender(redis: node.stores.redis)
    }

    /// The service that answers the calls of gateways.
    ///
    /// - Throws: if the address of Redis is malformed.
    func services(answering calls: any RoomCalls) throws -> [ModuleService] {
        let stores = node.stores
        let server = try RedisCallServer(
            redis: stores.redis, calls: calls, eventLoop: node.group.next(),
            questions: stores.fitness.identityQuestions, logger: node.logger)
        return [ModuleService(stores.deferred(server))]
    }
}
