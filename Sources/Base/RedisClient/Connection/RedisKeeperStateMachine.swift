import Basics
import NIOCore

/// Decides when to connect: at once first, then after growing waits, until it is stopped.
///
/// The waits are a ``Backoff`` with full jitter, so that many clients do not come back at the same moment.
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

    /// The next step.
    package enum Action: Equatable {
        case connect
        case wait(TimeAmount)
        /// Take the channel into use.
        case adopt
        /// Close the channel: nobody wants it any more.
        case discard
        case nothing
    }

    /// A connection that lived this long proves that the server is well, and the waits start again from the base. One
    /// that dies sooner counts as a failed attempt; otherwise a server that drops us at once would be asked in a tight
    /// loop.
    package static let provenAfter: TimeAmount = .seconds(5)
    /// Even the shortest draw waits this long.
    package static let leastWait = Duration.milliseconds(5)

    private let backoff: Backoff
    private var state = State.idle
    private var failures = 0

    package init(base: TimeAmount, cap: TimeAmount) {
        backoff = Backoff(
            base: .nanoseconds(base.nanoseconds), cap: .nanoseconds(cap.nanoseconds), least: Self.leastWait)
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
        return .wait(TimeAmount(backoff.wait(failures: failures, draw: draw)))
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
}
