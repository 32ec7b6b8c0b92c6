import NIOCore
import RedisClient
import Testing

/// The decisions about commands, without a connection.
struct RedisCommandStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func machine(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisCommandStateMachine<String> {
        var configuration = RedisConfiguration(host: "h")
        change(&configuration)
        return .init(limits: .init(configuration), now: start)
    }

    @Test("Each reply goes to the oldest command that was written")
    func repliesGoToTheOldest() {
        var machine = machine()
        for call in ["a", "b"] { machine.append(call, bytes: 1, now: start) }
        #expect(machine.willWrite() == true)
        #expect(machine.willWrite() == false)
        for call in ["a", "b"] {
            guard case .deliver(let pending) = machine.received() else {
                Issue.record("no delivery")
                return
            }
            #expect(pending.call == call)
        }
        #expect(machine.pendingCount == 0)
    }

    @Test("A reply without a written command closes the connection")
    func replyWithoutCommand() {
        var machine = machine()
        guard case .close(let error) = machine.received() else {
            Issue.record("an unsolicited reply was taken")
            return
        }
        #expect(error.code == .protocolViolation)
        // A reply to a command that is not written yet is not a reply either.
        machine.append("a", bytes: 1, now: start)
        guard case .close = machine.received() else {
            Issue.record("a reply was taken before its command was written")
            return
        }
    }

    @Test("At the end it is known which commands were written")
    func whatWasWrittenIsToldFromWhatWasNot() {
        var machine = machine()
        for call in ["a", "b"] { machine.append(call, bytes: 1, now: start) }
        _ = machine.willWrite()
        machine.append("c", bytes: 1, now: start)
        _ = machine.received()
        let calls = machine.close()
        #expect(calls.written == ["b"])
        #expect(calls.unwritten == ["c"])
        #expect(machine.refusal(adding: 1) == .notConnected)
        #expect(machine.close().written == [])
        #expect(machine.willWrite() == false)
    }

    @Test("Commands and bytes are bounded")
    func bounds() {
        var machine = machine {
            $0.maxPending = 2
            $0.maxPendingBytes = 1024
        }
        #expect(machine.refusal(adding: 3) == .overloaded)
        machine.append("a", bytes: 1024, now: start)
        #expect(machine.refusal(adding: 1) == .overloaded)
        _ = machine.willWrite()
        _ = machine.received()
        #expect(machine.refusal(adding: 2) == nil)
    }

    @Test("The timeout of the oldest command closes the connection")
    func timeoutOfTheOldestCloses() {
        var machine = machine()
        machine.append("a", bytes: 1, now: start)
        _ = machine.willWrite()
        guard case .nothing = machine.check(now: start + .milliseconds(1999)) else {
            Issue.record("too early")
            return
        }
        guard case .close(let error) = machine.check(now: start + .seconds(2)) else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == .timedOut)
    }

    @Test("An idle connection is pinged, and closed if the answer is late")
    func idleConnectionIsPinged() {
        var machine = machine { $0.commandTimeout = .seconds(60) }
        guard case .nothing = machine.check(now: start + .milliseconds(999)),
            case .ping = machine.check(now: start + .seconds(1))
        else {
            Issue.record("not pinged after 1 s")
            return
        }
        machine.append(nil, bytes: 0, now: start + .seconds(1))
        _ = machine.willWrite()
        guard case .nothing = machine.check(now: start + .seconds(2)),
            case .close = machine.check(now: start + .seconds(3))
        else {
            Issue.record("a ping must be answered within its own timeout")
            return
        }
    }

    @Test("A drain takes no commands, and ends with the last reply")
    func drainWaitsForTheLastReply() {
        var machine = machine()
        machine.append("a", bytes: 1, now: start)
        _ = machine.willWrite()
        #expect(machine.drain() == false)
        #expect(machine.refusal(adding: 1) == .shutDown)
        guard case .deliverAndClose = machine.received() else {
            Issue.record("the last reply closes")
            return
        }
        var idle = self.machine()
        #expect(idle.drain() == true)
    }

    /// A machine in each phase, with one command in flight or none.
    private func machine(in phase: String, inFlight: Bool) -> RedisCommandStateMachine<String> {
        var machine = machine()
        if inFlight {
            machine.append("a", bytes: 1, now: start)
            _ = machine.willWrite()
        }
        switch phase {
        case "draining": _ = machine.drain()
        case "retiring": _ = machine.retire()
        case "closed": _ = machine.close()
        default: break
        }
        return machine
    }

    /// The fate of a reply, in a word.
    private func receive(_ machine: inout RedisCommandStateMachine<String>) -> String {
        switch machine.received() {
        case .deliver: "deliver"
        case .deliverAndClose: "deliver and close"
        case .close: "close"
        case .ignore: "ignore"
        }
    }

    @Test("Each phase takes commands or says why not, and says what becomes of a reply and when it may close")
    func phases() {
        struct Row {
            var phase: String
            var inFlight: Bool
            var refusal: RedisError.Code?
            var reply: String
            var drain: Bool
            var retire: Bool
        }
        let rows = [
            Row(phase: "open", inFlight: false, refusal: nil, reply: "close", drain: true, retire: true),
            Row(phase: "open", inFlight: true, refusal: nil, reply: "deliver", drain: false, retire: false),
            Row(phase: "draining", inFlight: false, refusal: .shutDown, reply: "close", drain: true, retire: false),
            Row(
                phase: "draining", inFlight: true, refusal: .shutDown, reply: "deliver and close", drain: false,
                retire: false),
            Row(phase: "retiring", inFlight: false, refusal: .notConnected, reply: "close", drain: true, retire: false),
            Row(
                phase: "retiring", inFlight: true, refusal: .notConnected, reply: "deliver and close", drain: false,
                retire: false),
            Row(phase: "closed", inFlight: false, refusal: .notConnected, reply: "ignore", drain: true, retire: false),
            Row(phase: "closed", inFlight: true, refusal: .notConnected, reply: "ignore", drain: true, retire: false),
        ]
        for row in rows {
            let machine = machine(in: row.phase, inFlight: row.inFlight)
            var (replied, drained, retired) = (machine, machine, machine)
            #expect(machine.refusal(adding: 1) == row.refusal, "\(row)")
            #expect(receive(&replied) == row.reply, "\(row)")
            #expect(drained.drain() == row.drain, "\(row)")
            #expect(retired.retire() == row.retire, "\(row)")
        }
    }
}
