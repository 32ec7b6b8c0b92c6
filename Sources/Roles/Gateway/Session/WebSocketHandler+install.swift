import NIOCore
import NIOHTTP1

extension WebSocketHandler {
    /// Puts this handler behind the HTTP decoder, so that the bytes which that has not read reach it, and before
    /// whatever served earlier requests of the connection, which is to see none of them.
    func install(on channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let http = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(self, position: .after(http))
        try SocketOptions.set(on: channel)
        // HTTP's handlers are on their way out until this tick ends; nothing can be written through them.
        channel.eventLoop.assumeIsolated().execute { self.start() }
    }
}
