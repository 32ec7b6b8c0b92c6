/// Where an HTTP/1.1 connection is, and what follows from what happens to it. Pure: it decides, `FrontHandler` carries
/// out.
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
        /// A request is passing to Hummingbird, and its response back.
        case forwarding(requestEnded: Bool, responseEnded: Bool)
        /// All is said; what still comes is thrown away until the client has closed, too, or time is up.
        case ending
        /// The connection is closed, or has left HTTP.
        case over
    }

    /// What comes after the requests that have arrived so far.
    enum Sequel: Equatable {
        /// More requests, perhaps.
        case open
        /// Nothing: the client has closed its side, or sent more than is kept for it. What arrived is still answered.
        case nothing
        /// Something that is no request. It gets its refusal in its turn.
        case refusal(Refusal)
    }

    enum Refusal: Equatable {
        case malformed
        case headersTooLarge
        case targetTooLong
    }

    /// What to do once a response or a request has wholly passed.
    enum Passed: Equatable {
        /// The other one is still on its way.
        case wait
        /// The next request may come.
        case idle
        /// The connection has served its last request.
        case close
    }

    /// What to do once no request waits.
    enum Settlement: Equatable {
        case nothing
        case refuse(Refusal)
        case close
    }

    private(set) var phase = Phase.idle
    private(set) var sequel = Sequel.open
    /// Whether the connection closes after the current response.
    private(set) var closesAfterResponse = false
    /// Whether the server is on its way down.
    private(set) var isQuiescing = false

    /// Whether a request is in work that later ones have to wait for.
    var mustWait: Bool {
        switch phase {
        case .answering: true
        case .forwarding(let requestEnded, _): requestEnded
        default: false
        }
    }

    var isIdle: Bool { phase == .idle }

    /// Whether the request in work is one that Hummingbird does not see.
    var isForFrontRoute: Bool {
        switch phase {
        case .collecting, .awaitingUpgradeEnd, .answering: true
        case .idle, .forwarding, .ending, .over: false
        }
    }

    /// Whether all is said, or the connection is gone.
    var isDone: Bool { phase == .ending || phase == .over }

    /// Whether the request in work has not wholly arrived.
    var awaitsBody: Bool {
        switch phase {
        case .collecting, .awaitingUpgradeEnd: true
        case .forwarding(let requestEnded, _): !requestEnded
        case .idle, .answering, .ending, .over: false
        }
    }

    /// Whether Hummingbird is owed the rest of a request.
    var owesBody: Bool {
        if case .forwarding(requestEnded: false, _) = phase { true } else { false }
    }

    // MARK: Requests and responses

    mutating func beginCollecting() { phase = .collecting }
    mutating func beginUpgrade() { phase = .awaitingUpgradeEnd }
    mutating func beginAnswering() { phase = .answering }
    mutating func beginForwarding() { phase = .forwarding(requestEnded: false, responseEnded: false) }

    /// A fast answer was written.
    mutating func answered() { phase = .idle }

    /// The request that Hummingbird works on has wholly passed.
    mutating func forwardedRequestEnded() -> Passed {
        guard case .forwarding(_, let responseEnded) = phase else { return .wait }
        phase = responseEnded ? .idle : .forwarding(requestEnded: true, responseEnded: false)
        return responseEnded ? (closesAfterResponse ? .close : .idle) : .wait
    }

    /// Hummingbird's response has wholly passed. If it was the last one, the rest of its request does not matter.
    mutating func forwardedResponseEnded() -> Passed {
        guard case .forwarding(let requestEnded, _) = phase else { return .wait }
        phase = requestEnded ? .idle : .forwarding(requestEnded: false, responseEnded: true)
        return closesAfterResponse ? .close : (requestEnded ? .idle : .wait)
    }

    // MARK: Ends

    /// The connection closes after the current response.
    mutating func closeAfterResponse() { closesAfterResponse = true }

    /// The server wants no further requests. True when no response is due and the connection can close at once.
    mutating func quiesce() -> Bool {
        isQuiescing = true
        closesAfterResponse = true
        switch phase {
        case .idle, .forwarding(_, responseEnded: true): return true
        default: return false
        }
    }

    /// Nothing comes after the requests that have arrived.
    mutating func endSequel() {
        if sequel == .open { sequel = .nothing }
    }

    /// What comes after the requests that have arrived is to be refused.
    mutating func refuseSequel(_ refusal: Refusal) {
        if sequel == .open { sequel = .refusal(refusal) }
    }

    /// What the end of the client's requests means now that none of them waits any more.
    func settle() -> Settlement {
        if sequel == .open || mustWait || isDone { return .nothing }
        return if case .refusal(let refusal) = sequel { .refuse(refusal) } else { .close }
    }

    /// All is said. False if that was known.
    mutating func beginEnding() -> Bool {
        guard !isDone else { return false }
        phase = .ending
        return true
    }

    /// The connection is closed, or has left HTTP. False if that was known.
    mutating func end() -> Bool {
        guard phase != .over else { return false }
        phase = .over
        return true
    }
}
