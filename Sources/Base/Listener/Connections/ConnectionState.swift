/// Where an HTTP/1.1 connection is, and what follows from what happens to it. Pure: it decides, `FrontHandler` carries
/// out.
///
/// A connection works on one request at a time, so responses keep the order of pipelined requests whoever makes them.
package struct ConnectionState {
    package enum Phase: Equatable {
        /// Between requests. A request leads to `collecting`, `awaitingUpgradeEnd` or `forwarding`.
        case idle
        /// A fast route's body is arriving. Its end leads to `answering`.
        case collecting
        /// An upgrade request's end is awaited. It leads to `answering`.
        case awaitingUpgradeEnd
        /// A fast or upgrade route is making its answer. That leads to `idle`, or out of HTTP to `over`.
        case answering
        /// A request is passing to Hummingbird, and its response back. When both have passed: `idle`.
        case forwarding(requestEnded: Bool, responseEnded: Bool)
        /// All is said; what still comes is thrown away until the client has closed, too, or time is up. Every phase
        /// but `over` can lead here. Only `over` follows.
        case ending
        /// The connection is closed, or has left HTTP. Every phase can lead here, and none follows.
        case over
    }

    /// What comes after the requests that have arrived so far.
    package enum Sequel: Equatable {
        /// More requests, perhaps.
        case open
        /// Nothing: the client has closed its side, or sent more than is kept for it. What arrived is still answered.
        case nothing
        /// Something that is no request. It gets its refusal in its turn.
        case refusal(Refusal)
    }

    package enum Refusal: Equatable {
        case malformed
        case headersTooLarge
        case targetTooLong
    }

    /// What to do once a response or a request has wholly passed.
    package enum Passed: Equatable {
        /// The other one is still on its way.
        case wait
        /// The next request may come.
        case idle
        /// The connection has served its last request.
        case close
    }

    /// What to do once no request waits.
    package enum Settlement: Equatable {
        case nothing
        case refuse(Refusal)
        case close
    }

    package private(set) var phase = Phase.idle
    package private(set) var sequel = Sequel.open
    /// Whether the connection closes after the current response.
    package private(set) var closesAfterResponse = false
    /// Whether the server is on its way down.
    package private(set) var isQuiescing = false

    /// A new connection, idle.
    package init() {}

    /// Whether a request is in work that later ones have to wait for.
    package var mustWait: Bool {
        switch phase {
        case .answering: true
        case .forwarding(let requestEnded, _): requestEnded
        default: false
        }
    }

    package var isIdle: Bool { phase == .idle }

    /// Whether the request in work is one that Hummingbird does not see.
    package var isForFrontRoute: Bool {
        switch phase {
        case .collecting, .awaitingUpgradeEnd, .answering: true
        case .idle, .forwarding, .ending, .over: false
        }
    }

    /// Whether all is said, or the connection is gone.
    package var isDone: Bool { phase == .ending || phase == .over }

    /// Whether the request in work has not wholly arrived.
    package var awaitsBody: Bool {
        switch phase {
        case .collecting, .awaitingUpgradeEnd: true
        case .forwarding(let requestEnded, _): !requestEnded
        case .idle, .answering, .ending, .over: false
        }
    }

    /// Whether Hummingbird is owed the rest of a request.
    package var owesBody: Bool {
        if case .forwarding(requestEnded: false, _) = phase { true } else { false }
    }

    // MARK: Requests and responses

    package mutating func beginCollecting() { phase = .collecting }
    package mutating func beginUpgrade() { phase = .awaitingUpgradeEnd }
    package mutating func beginAnswering() { phase = .answering }
    package mutating func beginForwarding() { phase = .forwarding(requestEnded: false, responseEnded: false) }

    /// A fast answer was written.
    package mutating func answered() { phase = .idle }

    /// The request that Hummingbird works on has wholly passed.
    package mutating func forwardedRequestEnded() -> Passed {
        guard case .forwarding(_, let responseEnded) = phase else { return .wait }
        phase = responseEnded ? .idle : .forwarding(requestEnded: true, responseEnded: false)
        return responseEnded ? (closesAfterResponse ? .close : .idle) : .wait
    }

    /// Hummingbird's response has wholly passed. If it was the last one, the rest of its request does not matter.
    package mutating func forwardedResponseEnded() -> Passed {
        guard case .forwarding(let requestEnded, _) = phase else { return .wait }
        phase = requestEnded ? .idle : .forwarding(requestEnded: false, responseEnded: true)
        return closesAfterResponse ? .close : (requestEnded ? .idle : .wait)
    }

    // MARK: Ends

    /// The connection closes after the current response.
    package mutating func closeAfterResponse() { closesAfterResponse = true }

    /// The server wants no further requests. True when no response is due and the connection can close at once.
    package mutating func quiesce() -> Bool {
        isQuiescing = true
        closesAfterResponse = true
        switch phase {
        case .idle, .forwarding(_, responseEnded: true): return true
        default: return false
        }
    }

    /// Nothing comes after the requests that have arrived.
    package mutating func endSequel() {
        if sequel == .open { sequel = .nothing }
    }

    /// What comes after the requests that have arrived is to be refused.
    package mutating func refuseSequel(_ refusal: Refusal) {
        if sequel == .open { sequel = .refusal(refusal) }
    }

    /// What the end of the client's requests means now that none of them waits any more.
    package func settle() -> Settlement {
        if sequel == .open || mustWait || isDone { return .nothing }
        return if case .refusal(let refusal) = sequel { .refuse(refusal) } else { .close }
    }

    /// All is said. False if that was known.
    package mutating func beginEnding() -> Bool {
        guard !isDone else { return false }
        phase = .ending
        return true
    }

    /// The connection is closed, or has left HTTP. False if that was known.
    package mutating func end() -> Bool {
        guard phase != .over else { return false }
        phase = .over
        return true
    }
}
