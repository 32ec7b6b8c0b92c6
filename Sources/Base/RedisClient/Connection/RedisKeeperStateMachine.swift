import NIOCore

/// Decides when to connect: at once first, then after growing waits, until it is stopped.
///
/// The waits follow "full jitter" (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): drawn
/// evenly from 0 up to a bound that doubles, so that many clients do not come back in one moment.
package struct RedisKeeperStateMachine {
    private enum State {
        /// Not begun. `start` leads to `connecting`.
        case idle
        /// An attempt is in progress. Its success leads to `connected`, its failure to `waiting`.
        case connecting
        /// The pause before the next attempt. Its end leads to `connecting`.
        case waiting
        /// Nothing is wanted any more. Final; every state can lead here.
        case stopped
        /// The connection is in use. Its loss leads to `waiting`.
        case connected(since: NIODeadline)
    }

    /// What to do next.
    package enum Action: Equatable {
        case connect
        case wait(TimeAmount)
        /// Take the channel into use.
        case adopt
        /// Close the channel: nobody wants it any more.
        case discard
        case nothing
    }

    /// A connection which lived this long proves that the server is well, and the waits start anew. One that dies
    /// sooner counts as a failed attempt, or a server that drops us at once would be asked in a tight loop.
    package static let provenAfter: TimeAmount = .seconds(5)
    /// Even the shortest draw waits this long.
    package static let leastWait: TimeAmount = .milliseconds(5)

    private let base: TimeAmount
    private let cap: TimeAmount
    private var state = State.idle
    private var failures = 0

    package init(base: TimeAmount, cap: TimeAmount) {
        self.base = base
        self.cap = cap
    }

    /// Begins.
    package mutating func start() -> Action {
        switch state {
        case .idle:
            state = .connecting
            return .connect
        case .stopped: return .nothing
        case .connecting, .waiting, .connected: preconditionFailure("a connection was started twice")
        }
    }

    /// An attempt has succeeded.
    package mutating func succeeded(now: NIODeadline) -> Action {
        switch state {
        case .connecting:
            state = .connected(since: now)
            return .adopt
        case .stopped: return .discard
        case .idle, .waiting, .connected: preconditionFailure("a connection came up that nobody asked for")
        }
    }

    /// An attempt has failed, or the connection is lost.
    /// - Parameter draw: a random number from 0 to 1.
    package mutating func failed(now: NIODeadline, draw: Double) -> Action {
        switch state {
        case .connecting: break
        case .connected(let since): if now - since >= Self.provenAfter { failures = 0 }
        case .stopped: return .nothing
        case .idle, .waiting: preconditionFailure("a connection failed that there was not")
        }
        state = .waiting
        failures += 1
        return .wait(wait(draw: draw))
    }

    /// The wait is over.
    package mutating func waited() -> Action {
        switch state {
        case .waiting:
            state = .connecting
            return .connect
        case .stopped: return .nothing
        case .idle, .connecting, .connected: preconditionFailure("a wait ended that there was not")
        }
    }

    /// No connection is wanted any more.
    package mutating func stop() {
        state = .stopped
    }

    private func wait(draw: Double) -> TimeAmount {
        // 2^20 times the base is over any cap; the shift is bounded so that it cannot overflow.
        let bound = min(cap.nanoseconds, base.nanoseconds << min(failures - 1, 20))
        return max(Self.leastWait, .nanoseconds(Int64(Double(bound) * min(max(draw, 0), 1))))
    }
}
