import NIOCore
import NIOHTTP1

extension WebSocketHandler {
    /// Puts this handler behind the HTTP decoder, so that the bytes which that has not read reach it, and before whatever
    /// served earlier requests of the connection, which is to see none of them.
    func install(on channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let http = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(self, position: .after(http))
        try Self.setOptions(of: channel)
        // HTTP's handlers are on their way out until this tick ends; nothing can be written through them.
        channel.eventLoop.assumeIsolated().execute { self.start() }
    }

    private static func setOptions(of channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        let waiting = GatewayConfiguration.waitingBytes
        try options.setOption(.writeBufferWaterMark, value: .init(low: waiting.lowerBound, high: waiting.upperBound))
        #if os(Linux)
            // A refusal costs a slow client some freshness and nothing else: the option is older than any kernel in
            // use.
            let unsent = ChannelOptions.Types.SocketOption.Value(GatewayConfiguration.unsentKernelBytes)
            try? options.setOption(.tcpOption(.init(rawValue: tcpNotSentLowWater)), value: unsent)
        #endif
    }

    /// `TCP_NOTSENT_LOWAT` of Linux' `tcp.h`.
    private static let tcpNotSentLowWater: CInt = 25
}
