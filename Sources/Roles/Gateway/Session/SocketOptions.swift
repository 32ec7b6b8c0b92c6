import NIOCore

/// The options of a watcher's socket.
enum SocketOptions {
    /// Limits the bytes that wait for a slow peer, in the kernel and, for event streams, in the channel's queue. A
    /// later version cannot replace these bytes.
    ///
    /// - Parameter unacknowledgedMilliseconds: the time after which the kernel gives up a peer that acknowledges
    ///   nothing; nil for the kernel's default, which is many minutes.
    static func set(on channel: any Channel, unacknowledgedMilliseconds: Int? = nil) throws {
        guard let options = channel.syncOptions else { return }
        let waiting = GatewayConfiguration.waitingBytes
        try options.setOption(.writeBufferWaterMark, value: .init(low: waiting.lowerBound, high: waiting.upperBound))
        #if os(Linux)
            // If the kernel refuses, slow clients see older states or cost more memory, and nothing else changes. All
            // kernels in use know these options.
            let unsent = ChannelOptions.Types.SocketOption.Value(GatewayConfiguration.unsentKernelBytes)
            try? options.setOption(.tcpOption(.init(rawValue: notSentLowWater)), value: unsent)
            if let unacknowledgedMilliseconds {
                let time = ChannelOptions.Types.SocketOption.Value(unacknowledgedMilliseconds)
                try? options.setOption(.tcpOption(.init(rawValue: userTimeout)), value: time)
            }
        #endif
    }

    /// `TCP_NOTSENT_LOWAT` of Linux' `tcp.h`.
    private static let notSentLowWater: CInt = 25
    /// `TCP_USER_TIMEOUT` of Linux' `tcp.h` (RFC 5482).
    private static let userTimeout: CInt = 18
}
