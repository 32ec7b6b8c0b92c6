/// The number of bytes of a request that have come, to bound the bytes that its framing takes.
struct RequestArrival {
    /// `SocketSide.received` when its head had come.
    private let start: Int
    /// Bytes of its body.
    private var bodyBytes = 0

    /// - Parameter start: `SocketSide.received` now, when the head has come.
    init(start: Int) { self.start = start }

    /// Counts a part of the body.
    mutating func add(bodyBytes count: Int) { bodyBytes &+= count }

    /// Whether the request has taken far more bytes than its body needs.
    ///
    /// - Parameter received: `SocketSide.received` now.
    func isBloated(received: Int) -> Bool {
        received &- start > bodyBytes + ListenerLimits.framingBytesMax(bodyBytes: bodyBytes)
    }
}
