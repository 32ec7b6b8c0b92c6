import NIOCore
import NIOPosix
import Synchronization

/// A node on 127.0.0.1 that redirects every request to another address, and counts connections.
final class RedirectingNode: Sendable {
    private let connections = Atomic(0)
    private let channel = Mutex<(any Channel)?>(nil)

    /// The number of connections so far.
    var count: Int { connections.load(ordering: .relaxed) }

    /// The port; 0 before ``start(location:)``.
    var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }

    /// - Parameter location: the target of the redirects, with `%` for the path.
    static func start(location: String) async throws -> RedirectingNode {
        let node = RedirectingNode()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                node.connections.add(1, ordering: .relaxed)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(location))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        node.channel.withLock { $0 = channel }
        return node
    }

    /// Stops the node.
    func stop() { channel.withLock { $0 }?.close(promise: nil) }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let location: String

        init(_ location: String) { self.location = location }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let request = String(buffer: unwrapInboundIn(data))
            let words = request.prefix { $0 != "\r\n" }.split(separator: " ")
            let target = words.count == 3 ? location + words[1] : location
            let head = "HTTP/1.1 307 Temporary Redirect\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
        }
    }
}
