import NIOCore

/// The times at which a connection is given up. Pure.
package struct Deadlines {
    /// The time that has run out.
    package enum Verdict: Equatable {
        /// Nothing.
        case none
        /// The time for what the connection waits for: a request, an answer, or the client's end.
        case expired
        /// The time for the client to read the responses.
        case stalled
    }

    private var next = NIODeadline.distantFuture
    private var stall = NIODeadline.distantFuture

    /// No deadlines.
    package init() {}

    /// Whether responses wait for a client that does not read.
    package var isStalled: Bool { stall != .distantFuture }

    /// Sets the time until which the connection may wait. `.distantFuture` means without a bound.
    package mutating func expire(at deadline: NIODeadline) { next = deadline }

    /// The client does not read. It has until `deadline`.
    package mutating func beginStall(until deadline: NIODeadline) { stall = deadline }

    /// The client reads again.
    package mutating func endStall() { stall = .distantFuture }

    /// Asks which deadline has passed. An expired one is reported once.
    package mutating func check(now: NIODeadline) -> Verdict {
        if stall < now { return .stalled }
        guard next < now else { return .none }
        next = .distantFuture
        return .expired
    }
}
