import NIOCore

/// The options of a watcher's socket.
enum SocketOptions {
    /// Keeps what waits for a slow peer short, in the kernel and, for event streams, here: it cannot be replaced by a
    /// later state.
    ///
    /// - Parameter unacknowledgedMilliseconds: after how long a peer that acknowledges nothing is given up by the
    ///   kernel; nil for the kernel's own, many minutes.
    static func set(on channel: any Channel, unacknowledgedMilliseconds: Int? = nil) throws {
        guard let options = channel.syncOptions else { return }
        let waiting = GatewayConfiguration.waitingBytes
        try options.setOption(.writeBufferWaterMark, value: .init(low: waiting.lowerBound, high: waiting.upperBound))
        #if os(Linux)
            // A refusal costs freshness or memory for slow clients and nothing else: the options are older than any
            // kernel in use.
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
