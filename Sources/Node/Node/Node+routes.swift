import Access
import NIOCore
import NIOPosix

extension Node {
    /// Every route of a node with this configuration and these roles, and the templates of routes in front of
    /// Hummingbird that are missing in the table, of which there must be none. Makes the modules, but runs nothing.
    package func routes() async throws -> (table: RouteTable, unlisted: [String]) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let stores = try Stores(configuration, roles: roles, group: group, logger: logger)
        let parts: Result<NodeParts, any Error>
        do {
            let node = try await NodeContext(
                configuration, roles: roles, stores: stores, group: group, logger: logger, onRefusal: nil)
            parts = .success(try await NodeParts(of: node, metrics: metrics))
        } catch {
            parts = .failure(error)
        }
        await stores.shutdown()
        try await group.shutdownGracefully()
        let made = try parts.get()
        return (made.table, made.unlisted)
    }
}
