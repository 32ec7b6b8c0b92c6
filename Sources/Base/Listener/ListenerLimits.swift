/// The limits on the cost of a connection. Times are kept to the second.
public struct ListenerLimits: Sendable {
    /// Bytes of the request's target.
    public var targetBytesMax = 8 * 1024
    /// Bytes of one header field, name and value; stops memory use by one endless field. A token of 8 KiB fits, and one
    /// that is a little longer is refused as a token.
    public var headerFieldBytesMax = 12 * 1024
    /// Bytes of all header fields of a request, and its target; the same for many of them.
    public var headerBytesMax = 24 * 1024
    /// Header fields of a request; stops quadratic look-ups.
    public var headerFieldCountMax = 64
    /// Seconds for a whole request to arrive once its first byte is expected on a new connection, or its head has come.
    public var requestSecondsMax = 10
    /// Seconds that a kept-alive connection may be idle between requests.
    public var idleSecondsMax = 75
    /// Seconds that a fast or upgrade route may take for its answer. Its stores have shorter timeouts; this one stops a
    /// connection from staying for ever should a route never answer.
    public var answerSecondsMax = 60
    /// Seconds that responses may wait for a client which does not read; stops slow readers from piling up.
    public var stallSecondsMax = 60
    /// Parts of pipelined requests that wait behind one in progress, before reading stops.
    public var waitingPartsMax = 64

    /// The defaults.
    public init() {}
}

/// Limits that nobody needs to set.
extension ListenerLimits {
    /// Bytes of one read: bounds what arrives after reading was to stop. One read brings a usual request.
    static let readBytesMax = 16 * 1024
    /// Parts of requests that can arrive although reading has stopped: a read's worth (a chunk of one byte takes six),
    /// and what the kernel still had when the client closed its side. Whoever sends more gets no further answers.
    static let unwantedPartsMax = 4096
    /// Bytes that the parser may leave unread. It keeps the beginnings of fields, and what follows an upgrade request
    /// until that is decided.
    static let unparsedBytesMax = 64 * 1024
    /// Bytes that a body may take on the way beyond itself: a read's worth of head before it and of requests after it,
    /// and for each of its bytes a chunk of its own. Stops chunk extensions without end (RFC 9112, 7.1.1).
    static func framingBytesMax(bodyBytes: Int) -> Int { 64 * 1024 + 8 * bodyBytes }
    /// Bytes of answers that are gathered before they are written.
    static let gatheredBytesMax = 32 * 1024
    /// Seconds between the server's end of a connection and the client's. To close at once while the client still
    /// sends would reset the connection, and the client might never see the response (RFC 9112, 9.6).
    static let lingerSecondsMax = 2
}
