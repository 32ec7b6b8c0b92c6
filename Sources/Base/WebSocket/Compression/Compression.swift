/// How messages are sent to a client: the outcome of the handshake about compression.
public enum Compression: UInt8, Sendable {
    /// Nothing is compressed.
    case plain
    /// Messages are compressed if that makes them shorter, in a window of 4 KiB. A larger one gains nothing for
    /// messages of a few KiB.
    case deflated
    /// The same in the smallest window, for clients that cannot keep a larger one.
    case deflatedNarrowly

    /// Messages of fewer bytes are sent as they are: compressed they would hardly be shorter, and would cost each
    /// client work.
    static let bytesMin = 1024

    /// The base-2 logarithm of the window, as zlib and RFC 7692, 7.1.2 count it; nil if nothing is compressed.
    var windowBits: Int32? {
        switch self {
        case .plain: nil
        case .deflated: 12
        case .deflatedNarrowly: 9
        }
    }
}
