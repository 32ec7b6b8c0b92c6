import NIOCore
import RedisClient
import Testing

/// Decisions about commands, without a connection.
struct RedisCommandStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func machine(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisCommandStateMachine<String> {
        var configuration = RedisConfiguration(host: "h")
        change(&configuration)
        return .init(limits: .init(configuration), now: start)
    }

    @Test func repliesGoToTheOldest() {
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

    @Test func replyWithoutCommand() {
        var machine = machine()
        guard case .close(let error) = machine.received() else {
            Issue.record("an unsolicited reply was taken")
            return
        }
        #expect(error.code == .protocolViolation)
        // A reply is also unsolicited if its command is not written yet.
        machine.append("a", bytes: 1, now: start)
        guard case .close = machine.received() else {
            Issue.record("a reply was taken before its command was written")
            return
        }
    }

    @Test func whatWasWrittenIsToldFromWhatWasNot() {
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

    @Test func bounds() {
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

    @Test func timeoutOfTheOldestCloses() {
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

    @Test func idleConnectionIsPinged() {
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

    @Test func drainWaitsForTheLastReply() {
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
}

/// Decisions about when to connect.
struct RedisKeeperStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(0)

    @Test func waitsGrowUpToTheCapAndStartAnew() {
        var machine = RedisKeeperStateMachine(base: .milliseconds(50), cap: .milliseconds(500))
        #expect(machine.start() == .connect)
        var waits: [Int64] = []
        for _ in 0..<40 {
            guard case .wait(let amount) = machine.failed(now: start, draw: 1) else {
                Issue.record("no wait")
                return
            }
            waits.append(amount.nanoseconds / 1_000_000)
            #expect(machine.waited() == .connect)
        }
        #expect(waits.prefix(6) == [50, 100, 200, 400, 500, 500])
        #expect(waits.last == 500)
        #expect(machine.succeeded(now: start) == .adopt)
        // The connection is lost at once, so the wait keeps growing.
        #expect(machine.failed(now: start + .seconds(1), draw: 1) == .wait(.milliseconds(500)))
        #expect(machine.waited() == .connect)
        #expect(machine.succeeded(now: start) == .adopt)
        // The connection is lost after it has lasted long enough, so the waits start over.
        #expect(machine.failed(now: start + .seconds(6), draw: 1) == .wait(.milliseconds(50)))
    }

    @Test func jitterIsFullButNeverATightLoop() {
        for (draw, expected) in [(0.0, TimeAmount.milliseconds(5)), (0.5, .milliseconds(25)), (1.0, .milliseconds(50))]
        {
            var machine = RedisKeeperStateMachine(base: .milliseconds(50), cap: .milliseconds(500))
            _ = machine.start()
            #expect(machine.failed(now: start, draw: draw) == .wait(expected))
        }
    }

    @Test func nothingAfterStop() {
        var machine = RedisKeeperStateMachine(base: .milliseconds(50), cap: .milliseconds(500))
        _ = machine.start()
        machine.stop()
        #expect(machine.succeeded(now: start) == .discard)
        #expect(machine.failed(now: start, draw: 1) == .nothing)
        #expect(machine.waited() == .nothing)
        #expect(machine.start() == .nothing)
    }
}

/// Decisions about subscriptions.
struct RedisSubscriptionStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(0)

    private func machine() -> RedisSubscriptionStateMachine {
        .init(configuration: RedisConfiguration(host: "h"), now: start)
    }

    private func push(_ kind: String, _ channel: String, _ last: RESPValue = .integer(1)) -> RESPValue {
        .array([.bulkString(bytes(kind)), .bulkString(bytes(channel)), last])
    }

    @Test func allAreLiveOnce() {
        var machine = machine()
        #expect(machine.begin(["a", "b"]) == false)
        #expect(machine.received(push("message", "a", .bulkString([1]))) == .nothing)
        #expect(machine.received(push("subscribe", "a")) == .live("a", all: false))
        #expect(machine.received(push("message", "a", .bulkString([1]))) == .message("a", [1]))
        #expect(machine.received(push("subscribe", "b")) == .live("b", all: true))
        #expect(machine.want("c", true) == .subscribe)
        #expect(machine.want("c", true) == .nothing)
        #expect(machine.received(push("subscribe", "c")) == .live("c", all: false))
    }

    @Test func unwantedBeforeItIsConfirmed() {
        var machine = machine()
        _ = machine.begin(["a"])
        #expect(machine.want("a", false) == .unsubscribeAndAllLive)
        #expect(machine.received(push("subscribe", "a")) == .nothing)
        #expect(machine.received(push("message", "a", .bulkString([1]))) == .nothing)
        #expect(machine.received(push("unsubscribe", "a", .integer(0))) == .nothing)
        // No request is open, so another confirmation is a protocol error.
        #expect(
            machine.received(push("unsubscribe", "a")) == .close("a subscription was confirmed that nobody asked for"))
    }

    @Test func wantedAgainBeforeTheEndIsConfirmed() {
        var machine = machine()
        #expect(machine.begin([]) == true)
        #expect(machine.want("a", true) == .subscribe)
        #expect(machine.want("a", false) == .unsubscribe)
        #expect(machine.want("a", true) == .subscribe)
        #expect(machine.received(push("subscribe", "a")) == .nothing)
        #expect(machine.received(push("unsubscribe", "a")) == .nothing)
        #expect(machine.received(push("subscribe", "a")) == .live("a", all: false))
    }

    @Test func quietConnectionIsPingedAndClosed() {
        var machine = machine()
        _ = machine.begin([])
        #expect(machine.check(now: start + .milliseconds(900)) == .nothing)
        #expect(machine.check(now: start + .seconds(1)) == .ping)
        #expect(machine.received(.simpleString(bytes("PONG"))) == .nothing)
        #expect(machine.check(now: start + .seconds(2)) == .nothing)
        #expect(machine.check(now: start + .seconds(3)) == .ping)
        #expect(machine.check(now: start + .seconds(4)) == .nothing)
        #expect(machine.check(now: start + .seconds(5)) == .close("PING had no reply in time"))
    }

    @Test func unconfirmedSubscriptionCloses() {
        var machine = machine()
        _ = machine.begin(["a"])
        #expect(machine.check(now: start + .seconds(1)) == .nothing)
        #expect(machine.check(now: start + .seconds(2)) == .close("a subscription was not confirmed in time"))
    }

    @Test(arguments: [
        RESPValue.integer(1), .null, .array([]), .error(RESPError(code: "NOPERM", message: "")), .simpleString([]),
    ])
    func whatIsNoPushCloses(value: RESPValue) {
        var machine = machine()
        _ = machine.begin([])
        guard case .close = machine.received(value) else {
            Issue.record("taken")
            return
        }
    }
}
