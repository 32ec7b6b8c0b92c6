import NIOCore
import NIOHTTP1

extension WebSocketHandler {
    func addToPipeline(of channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let http = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(self, position: .after(http))
        // HTTP's handlers leave the pipeline until this tick ends, and nothing can be written through them.
        channel.eventLoop.assumeIsolated().execute { self.start() }
    }
}
