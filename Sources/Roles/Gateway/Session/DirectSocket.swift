import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Writes into a channel's socket past the channel's own queue of writes, whose bookkeeping is a fifth of the
/// cost of a push.
///
/// Only for the channel's event loop, while the channel is open and nothing waits in its queue.
struct DirectSocket {
    private let handle: NIOBSDSocket.Handle

    /// - Returns: nil for channels without a socket.
    init?(of channel: any Channel) {
        let handle = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        guard let handle else { return nil }
        self.handle = handle
    }

    /// Writes what the kernel takes now.
    ///
    /// - Returns: how many bytes; 0 as well for a socket in trouble. The channel meets the same when it is given the
    ///   rest, and deals with it.
    func write(_ bytes: ByteBuffer) -> Int {
        bytes.withUnsafeReadableBytes { max(0, send(handle, $0.baseAddress, $0.count, Self.flags)) }
    }

    #if canImport(Darwin)
        // There, an option of the channel's sockets keeps them from raising SIGPIPE.
        private static let flags = CInt(MSG_DONTWAIT)
    #else
        private static let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    #endif
}
