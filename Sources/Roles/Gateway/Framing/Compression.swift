/// How messages go to a client: what was agreed about compression in its handshake.
package enum Compression: UInt8, Sendable {
    /// As they are.
    case plain
    /// Compressed where that pays, in a window of 4 KiB: as good as any for messages of a few KiB.
    case deflated
    /// The same in the smallest window, for clients that can keep no larger one.
    case deflatedNarrowly

    /// The base-2 logarithm of the window, as zlib and RFC 7692, 7.1.2 count it; nil where nothing is compressed.
    var windowBits: Int32? {
        switch self {
        case .plain: nil
        case .deflated: 12
        case .deflatedNarrowly: 9
        }
    }
}
