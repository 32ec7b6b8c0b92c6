import DequeModule
import NIOCore

/// Decides, without I/O or a clock, about the commands of one connection.
///
/// Redis answers in order, so the commands in flight are a queue: each reply belongs to the first of them. The queue's
/// tail may hold commands that are encoded but not written yet; those certainly had no effect.
///
/// A transition that no caller and no server can cause is a bug here, and crashes; anything that a server can cause is
/// an action.
package struct RedisCommandStateMachine<Call> {
    /// The limits of one connection, see `RedisConfiguration`.
    package struct Limits: Sendable {
        package var maxPending: Int
        package var maxPendingBytes: Int
        package var commandTimeout: TimeAmount
        package var pingInterval: TimeAmount
        package var pingTimeout: TimeAmount

        package init(_ configuration: RedisConfiguration) {
            maxPending = configuration.maxPending
            maxPendingBytes = configuration.maxPendingBytes
            commandTimeout = configuration.commandTimeout
            pingInterval = configuration.pingInterval
            pingTimeout = min(configuration.pingTimeout, configuration.commandTimeout)
        }
    }

    /// A command which waits for its reply.
    package struct Pending {
        /// The receiver of the reply; `nil` for a `PING` of our own.
        package var call: Call?
        /// The start of the tick in which it was encoded.
        package var sentAt: NIODeadline
        /// Its size on the wire.
        package var bytes: Int
    }

    private enum Phase {
        /// Takes commands. Leads to all others.
        case open
        /// Takes no commands, since we shut down. Leads to `closed`.
        case draining
        /// Takes no commands, since the server serves no longer. Leads to `draining` and `closed`.
        case retiring
        /// The connection is gone. Final.
        case closed
    }

    private let limits: Limits
    private var phase = Phase.open
    private var pending: Deque<Pending> = []
    private var pendingBytes = 0
    /// The count of commands at the end of `pending` that are not written yet.
    private var unwritten = 0
    /// Whether anything was sent or received since the last check.
    private var sawTraffic = false
    private var idleSince: NIODeadline

    package init(limits: Limits, now: NIODeadline) {
        self.limits = limits
        idleSince = now
    }

    /// Commands that wait for their reply.
    package var pendingCount: Int { pending.count }

    /// Why `count` more commands cannot be taken now; `nil` if they can.
    package func refusal(adding count: Int) -> RedisError.Code? {
        switch phase {
        case .open:
            pending.count + count <= limits.maxPending && pendingBytes < limits.maxPendingBytes ? nil : .overloaded
        case .draining: .shutDown
        case .retiring, .closed: .notConnected
        }
    }

    /// Takes a command which `refusal` allowed and which is in the outgoing buffer now.
    package mutating func append(_ call: Call?, bytes: Int, now: NIODeadline) {
        precondition(phase == .open, "a command was encoded without asking whether there is a connection")
        pending.append(Pending(call: call, sentAt: now, bytes: bytes))
        pendingBytes += bytes
        unwritten += 1
    }

    /// The outgoing buffer is about to be written. Returns whether there is anything to write.
    package mutating func willWrite() -> Bool {
        guard phase != .closed, unwritten > 0 else { return false }
        unwritten = 0
        sawTraffic = true
        return true
    }

    /// The reaction to a reply.
    package enum ReplyAction {
        /// It belongs to this command.
        case deliver(Pending)
        /// It belongs to this command, the last one before a shutdown, or before the connection is given up.
        case deliverAndClose(Pending)
        /// No command waits for it: the peer does not speak the protocol.
        case close(RedisError)
        /// The connection is closed already.
        case ignore
    }

    /// A reply has arrived.
    package mutating func received() -> ReplyAction {
        sawTraffic = true
        guard phase != .closed else { return .ignore }
        guard pending.count > unwritten, let first = pending.popFirst() else {
            return .close(RedisError(.protocolViolation, "a reply came for which there was no command"))
        }
        pendingBytes -= first.bytes
        return phase != .open && pending.isEmpty ? .deliverAndClose(first) : .deliver(first)
    }

    /// The result of the periodic check.
    package enum CheckAction {
        case nothing
        /// There was no traffic for a while: ask whether the peer is there.
        case ping
        /// The oldest command is overdue. It blocks all later replies, so the connection cannot be used any more.
        case close(RedisError)
    }

    /// The periodic check. Timeouts are this coarse on purpose: a timer for each command would cost more than
    /// the command.
    package mutating func check(now: NIODeadline) -> CheckAction {
        guard phase != .closed else { return .nothing }
        if sawTraffic { idleSince = now }
        sawTraffic = false
        if let first = pending.first {
            let timeout = first.call == nil ? limits.pingTimeout : limits.commandTimeout
            guard now - first.sentAt >= timeout else { return .nothing }
            let what = first.call == nil ? "PING" : "a command"
            return .close(RedisError(.timedOut, "\(what) had no reply for \(timeout.nanoseconds / 1_000_000) ms"))
        }
        return phase == .open && now - idleSince >= limits.pingInterval ? .ping : .nothing
    }

    /// Takes no further commands. Returns whether the connection can be closed at once, since nothing is in flight.
    package mutating func drain() -> Bool {
        switch phase {
        case .open, .retiring: phase = .draining
        case .draining, .closed: break
        }
        return pending.isEmpty
    }

    /// The server is of no use any more. Takes no further commands, and waits for the replies that are due: each says
    /// whether its command had an effect. Returns whether it can be closed at once, since nothing is in flight.
    package mutating func retire() -> Bool {
        switch phase {
        case .open: phase = .retiring
        case .retiring, .draining, .closed: return false
        }
        return pending.isEmpty
    }

    /// The connection is gone. Returns the calls that wait, in order: first those whose command was written and may
    /// have been executed, then those whose command was not written. Empty when called again.
    package mutating func close() -> (written: [Call], unwritten: [Call]) {
        phase = .closed
        let calls = (
            written: pending.dropLast(unwritten).compactMap(\.call),
            unwritten: pending.suffix(unwritten).compactMap(\.call)
        )
        pending = []
        (pendingBytes, unwritten) = (0, 0)
        return calls
    }
}
