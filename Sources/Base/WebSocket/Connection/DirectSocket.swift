import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Writes into a channel's socket past the channel's own queue of writes, whose bookkeeping is a fifth of the cost of a
/// push.
///
/// To be used only on the channel's event loop, while the channel is open and its queue is empty.
struct DirectSocket {
    private let handle: NIOBSDSocket.Handle

    /// - Returns: nil if the channel has no socket.
    init?(of channel: any Channel) {
        let handle = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        guard let handle else { return nil }
        self.handle = handle
    }

    /// Writes as many bytes as the kernel takes now.
    ///
    /// - Returns: how many bytes; also 0 if the socket has failed. The channel meets the same failure when it is given
    ///   the rest, and handles it.
    func write(_ bytes: ByteBuffer) -> Int {
        bytes.withUnsafeReadableBytes { max(0, send(handle, $0.baseAddress, $0.count, Self.flags)) }
    }

    #if canImport(Darwin)
        // NIO sets an option of its sockets there that keeps them from raising SIGPIPE.
        private static let flags = CInt(MSG_DONTWAIT)
    #else
        private static let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    #endif
}
