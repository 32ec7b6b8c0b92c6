/// What a connection may cost before its request is understood.
public struct ListenerLimits: Sendable {
    /// Bytes of one header field; stops memory use by one endless field.
    public var headerFieldBytesMax = 8 * 1024
    /// Bytes of all header fields of a request; the same for many of them.
    public var headerBytesMax = 16 * 1024
    /// Header fields of a request; stops quadratic look-ups.
    public var headerFieldCountMax = 64
    /// Seconds for a whole request to arrive once its first byte is expected on a new connection, or its head has come.
    public var requestSecondsMax = 10
    /// Seconds that a kept-alive connection may be idle between requests.
    public var idleSecondsMax = 75
    /// Parts of pipelined requests that wait behind one in work, before reading stops.
    public var waitingPartsMax = 64

    /// The defaults.
    public init() {}
}
