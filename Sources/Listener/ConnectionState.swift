import NIOHTTP1

/// Where an HTTP/1.1 connection is, and what follows from what happens to it. Pure: it decides, `FrontHandler` carries out.
///
/// A connection works on one request at a time, so responses keep the order of pipelined requests whoever makes them.
struct ConnectionState {
    enum Phase: Equatable {
        /// Between requests.
        case idle
        /// A fast route's body is arriving.
        case collecting
        /// An upgrade request's end is awaited.
        case awaitingUpgradeEnd
        /// A fast or upgrade route is making its answer.
        case answering
        /// A request is passing to Hummingbird.
        case forwarding(requestEnded: Bool, responseEnded: Bool)
        /// The rest of a request that was answered early is thrown away; the connection closes.
        case ending
    }

    private(set) var phase = Phase.idle
    /// Whether the connection closes after the current response.
    private(set) var closesAfterResponse = false

    /// Whether a request is in work that later ones have to wait for.
    var mustWait: Bool {
        switch phase {
        case .answering: true
        case .forwarding(let requestEnded, _): requestEnded
        default: false
        }
    }

    mutating func beginCollecting() { phase = .collecting }
    mutating func beginUpgrade() { phase = .awaitingUpgradeEnd }
    mutating func beginAnswering() { phase = .answering }
    mutating func beginForwarding() { phase = .forwarding(requestEnded: false, responseEnded: false) }
    mutating func beginEnding() { phase = .ending }

    /// The request that Hummingbird works on has wholly passed. True when the connection is idle again.
    mutating func forwardedRequestEnded() -> Bool {
        guard case .forwarding(_, let responseEnded) = phase else { return false }
        phase = responseEnded ? .idle : .forwarding(requestEnded: true, responseEnded: false)
        return responseEnded
    }

    /// Hummingbird's response has wholly passed. True when the connection is idle again.
    mutating func forwardedResponseEnded() -> Bool {
        guard case .forwarding(let requestEnded, _) = phase else { return false }
        phase = requestEnded ? .idle : .forwarding(requestEnded: false, responseEnded: true)
        return requestEnded
    }

    /// A fast answer was written.
    mutating func answered() { phase = .idle }

    /// The other side, or the server, wants no further requests. True when the connection can close at once.
    mutating func wantsEnd() -> Bool {
        closesAfterResponse = true
        return phase == .idle
    }
}
