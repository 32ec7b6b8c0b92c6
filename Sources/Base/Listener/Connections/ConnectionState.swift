/// The state of an HTTP/1.1 connection. Pure: it decides, and `FrontHandler` carries out.
///
/// A connection works on one request at a time, so responses keep the order of pipelined requests whoever makes them.
///
///     idle ──▶ collecting ──────────▶ answering ──▶ idle
///       ├────▶ awaitingUpgradeEnd ──▶ answering ──▶ idle, or over if the connection leaves HTTP
///       └────▶ forwarding ──▶ idle
///     any but over ──▶ ending ──▶ over
package struct ConnectionState {
    package enum Phase: Equatable {
        /// No request is in progress. Then `collecting`, `awaitingUpgradeEnd`, `forwarding`, `ending` or `over`.
        case idle
        /// The body for a fast route is arriving. Then `answering`, `ending` or `over`.
        case collecting
        /// The request is for an upgrade route, and has not ended. Then `answering`, `ending` or `over`.
        case awaitingUpgradeEnd
        /// A fast or upgrade route is making its answer. Then `idle`, `ending` or `over`.
        case answering
        /// A request is passing to Hummingbird, and its response back. When both have ended, `idle`. Or `ending`, or
        /// `over`.
        case forwarding(requestEnded: Bool, responseEnded: Bool)
        /// The last response was written. Further bytes are ignored until the client has closed its side, or time has
        /// run out. Then `over`.
        case ending
        /// The connection is closed, or has left HTTP.
        case over
    }

    /// What may come after the requests that have arrived. Once it is not `open`, it does not change.
    package enum Sequel: Equatable {
        /// More requests.
        case open
        /// Nothing: the client has closed its side, or sent more than is kept for it. The requests that have arrived
        /// are still answered.
        case nothing
        /// Bytes that are not a request. They are refused when the requests before them are answered.
        case refusal(Refusal)
    }

    package enum Refusal: Equatable {
        case malformed
        case headersTooLarge
        case targetTooLong
    }

    /// What to do when a request or a response has wholly passed.
    package enum Passed: Equatable {
        /// The other one has not ended.
        case wait
        /// The next request may come.
        case idle
        /// The connection has served its last request.
        case close
    }

    /// What to do when no request waits.
    package enum Settlement: Equatable {
        case nothing
        case refuse(Refusal)
        case close
    }

    package private(set) var phase = Phase.idle
    package private(set) var sequel = Sequel.open
    /// Whether the connection closes after the current response.
    package private(set) var closesAfterResponse = false
    /// Whether the server is shutting down.
    package private(set) var isQuiescing = false
    /// Whether the client has closed its side.
    package private(set) var inputIsClosed = false

    /// A new connection, idle.
    package init() {}

    /// Whether later requests have to wait for the one in progress.
    package var mustWait: Bool {
        switch phase {
        case .answering: true
        case .forwarding(let requestEnded, _): requestEnded
        default: false
        }
    }

    package var isIdle: Bool { phase == .idle }

    /// Whether the request in progress is one that Hummingbird does not see.
    package var isForFrontRoute: Bool {
        switch phase {
        case .collecting, .awaitingUpgradeEnd, .answering: true
        case .idle, .forwarding, .ending, .over: false
        }
    }

    /// Whether the last response was written, or the connection is gone.
    package var isDone: Bool { phase == .ending || phase == .over }

    /// Whether the request in progress has not wholly arrived.
    package var awaitsBody: Bool {
        switch phase {
        case .collecting, .awaitingUpgradeEnd: true
        case .forwarding(let requestEnded, _): !requestEnded
        case .idle, .answering, .ending, .over: false
        }
    }

    /// Whether Hummingbird waits for the rest of a request.
    package var owesBody: Bool {
        if case .forwarding(requestEnded: false, _) = phase { true } else { false }
    }

    // MARK: Requests and responses

    package mutating func beginCollecting() { phase = .collecting }
    package mutating func beginUpgrade() { phase = .awaitingUpgradeEnd }
    package mutating func beginAnswering() { phase = .answering }
    package mutating func beginForwarding() { phase = .forwarding(requestEnded: false, responseEnded: false) }

    /// The answer of a fast or upgrade route was written.
    package mutating func endAnswer() { phase = .idle }

    /// The request has wholly passed to Hummingbird.
    package mutating func endForwardedRequest() -> Passed {
        guard case .forwarding(_, let responseEnded) = phase else { return .wait }
        phase = responseEnded ? .idle : .forwarding(requestEnded: true, responseEnded: false)
        return responseEnded ? (closesAfterResponse ? .close : .idle) : .wait
    }

    /// Hummingbird's response has wholly passed. If it is the last one, the rest of its request does not matter.
    package mutating func endForwardedResponse() -> Passed {
        guard case .forwarding(let requestEnded, _) = phase else { return .wait }
        phase = requestEnded ? .idle : .forwarding(requestEnded: false, responseEnded: true)
        return closesAfterResponse ? .close : (requestEnded ? .idle : .wait)
    }

    // MARK: Ends

    /// Lets the connection close after the current response.
    package mutating func closeAfterResponse() { closesAfterResponse = true }

    /// The server takes no further requests.
    ///
    /// - Returns: whether no response is due, so that the connection can close at once.
    package mutating func quiesce() -> Bool {
        isQuiescing = true
        closesAfterResponse = true
        switch phase {
        case .idle, .forwarding(_, responseEnded: true): return true
        default: return false
        }
    }

    /// The client has closed its side.
    package mutating func closeInput() {
        inputIsClosed = true
        endSequel()
    }

    /// Nothing comes after the requests that have arrived.
    package mutating func endSequel() {
        if sequel == .open { sequel = .nothing }
    }

    /// The bytes after the requests that have arrived are to be refused.
    package mutating func refuseSequel(_ refusal: Refusal) {
        if sequel == .open { sequel = .refusal(refusal) }
    }

    /// What to do about the end of the client's requests. To be asked when no request waits.
    package func settle() -> Settlement {
        if sequel == .open || mustWait || isDone { return .nothing }
        return if case .refusal(let refusal) = sequel { .refuse(refusal) } else { .close }
    }

    /// The last response was written. Returns false if that was so before.
    package mutating func beginEnding() -> Bool {
        guard !isDone else { return false }
        phase = .ending
        return true
    }

    /// The connection is closed, or has left HTTP. Returns false if that was so before.
    package mutating func end() -> Bool {
        guard phase != .over else { return false }
        phase = .over
        return true
    }
}
