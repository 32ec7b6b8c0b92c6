import NIOCore
import RedisClient
import Testing

/// The state of a subscription.
struct RedisSubscriptionStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(0)

    private func machine() -> RedisSubscriptionStateMachine {
        .init(configuration: RedisConfiguration(host: "h"), now: start)
    }

    private func push(_ kind: String, _ channel: String, _ last: RESPValue = .integer(1)) -> RESPValue {
        .array([.bulkString(bytes(kind)), .bulkString(bytes(channel)), last])
    }

    @Test("A channel is live once it is confirmed, and all are once")
    func allAreLiveOnce() {
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

    @Test("A channel that is not wanted any more is not live when it is confirmed")
    func unwantedBeforeItIsConfirmed() {
        var machine = machine()
        _ = machine.begin(["a"])
        #expect(machine.want("a", false) == .unsubscribeAndAllLive)
        #expect(machine.received(push("subscribe", "a")) == .nothing)
        #expect(machine.received(push("message", "a", .bulkString([1]))) == .nothing)
        #expect(machine.received(push("unsubscribe", "a", .integer(0))) == .nothing)
        // No request is left, so another confirmation is a fault.
        #expect(
            machine.received(push("unsubscribe", "a")) == .close("a subscription was confirmed that nobody asked for"))
    }

    @Test("A channel is live only when all that was asked of it is confirmed")
    func wantedAgainBeforeTheEndIsConfirmed() {
        var machine = machine()
        #expect(machine.begin([]) == true)
        #expect(machine.want("a", true) == .subscribe)
        #expect(machine.want("a", false) == .unsubscribe)
        #expect(machine.want("a", true) == .subscribe)
        #expect(machine.received(push("subscribe", "a")) == .nothing)
        #expect(machine.received(push("unsubscribe", "a")) == .nothing)
        #expect(machine.received(push("subscribe", "a")) == .live("a", all: false))
    }

    @Test("A quiet connection is pinged, and closed if the answer is late")
    func quietConnectionIsPingedAndClosed() {
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

    @Test("A subscription that is not confirmed in time closes the connection")
    func unconfirmedSubscriptionCloses() {
        var machine = machine()
        _ = machine.begin(["a"])
        #expect(machine.check(now: start + .seconds(1)) == .nothing)
        #expect(machine.check(now: start + .seconds(2)) == .close("a subscription was not confirmed in time"))
    }

    @Test(
        "Anything but a push closes the connection",
        arguments: [
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

    @Test("A channel: state, event, action, next state")
    func transitions() {
        let confirm = push("subscribe", "a")
        let message = push("message", "a", .bulkString([1]))
        /// The wishes and pushes that lead to each state; a wish is whether the channel is wanted.
        enum Step { case want(Bool), receive(RESPValue) }
        let ways: [String: [Step]] = [
            "unknown": [],
            "subscribing": [.want(true)],
            "live": [.want(true), .receive(confirm)],
            "unsubscribing": [.want(true), .receive(confirm), .want(false)],
            "wanted again": [.want(true), .receive(confirm), .want(false), .want(true)],
        ]
        let unasked = "a subscription was confirmed that nobody asked for"
        let rows: [(from: String, event: Step, said: String)] = [
            ("unknown", .want(true), "subscribe"),
            ("unknown", .want(false), "nothing"),
            ("unknown", .receive(message), "nothing"),
            ("unknown", .receive(confirm), "close(\"\(unasked)\")"),
            ("subscribing", .want(true), "nothing"),
            ("subscribing", .want(false), "unsubscribe"),
            ("subscribing", .receive(message), "nothing"),
            ("subscribing", .receive(confirm), "live(\"a\", all: false)"),
            ("live", .want(true), "nothing"),
            ("live", .want(false), "unsubscribe"),
            ("live", .receive(message), "message(\"a\", [1])"),
            ("live", .receive(confirm), "close(\"\(unasked)\")"),
            ("unsubscribing", .want(true), "subscribe"),
            ("unsubscribing", .want(false), "nothing"),
            ("unsubscribing", .receive(message), "nothing"),
            ("unsubscribing", .receive(push("unsubscribe", "a", .integer(0))), "nothing"),
            ("wanted again", .want(true), "nothing"),
            ("wanted again", .receive(message), "nothing"),
            // The end that was asked for before; the new beginning is still to be confirmed.
            ("wanted again", .receive(push("unsubscribe", "a", .integer(0))), "nothing"),
        ]
        for (from, event, said) in rows {
            var machine = machine()
            _ = machine.begin([])
            var last = ""
            for step in (ways[from] ?? []) + [event] {
                switch step {
                case .want(let isWanted): last = "\(machine.want("a", isWanted))"
                case .receive(let value): last = "\(machine.received(value))"
                }
            }
            #expect(last == said, "\(from), \(event)")
        }
    }
}
