import NIOCore
import RedisClient
import Testing

/// When to connect.
struct RedisKeeperStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(0)

    @Test("Waits grow up to the cap, and start over after a connection that lasted")
    func waitsGrowUpToTheCapAndStartAnew() {
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
        // Lost at once: the server is not well yet.
        #expect(machine.failed(now: start + .seconds(1), draw: 1) == .wait(.milliseconds(500)))
        #expect(machine.waited() == .connect)
        #expect(machine.succeeded(now: start) == .adopt)
        // Lost after it had proven itself.
        #expect(machine.failed(now: start + .seconds(6), draw: 1) == .wait(.milliseconds(50)))
    }

    @Test("A wait is a share of its bound, and never nothing")
    func jitterIsFullButNeverATightLoop() {
        for (draw, expected) in [(0.0, TimeAmount.milliseconds(5)), (0.5, .milliseconds(25)), (1.0, .milliseconds(50))]
        {
            var machine = RedisKeeperStateMachine(base: .milliseconds(50), cap: .milliseconds(500))
            _ = machine.start()
            #expect(machine.failed(now: start, draw: draw) == .wait(expected))
        }
    }

    @Test("After the stop nothing is begun, and what comes up is discarded")
    func nothingAfterStop() {
        var machine = RedisKeeperStateMachine(base: .milliseconds(50), cap: .milliseconds(500))
        _ = machine.start()
        machine.stop()
        #expect(machine.succeeded(now: start) == .discard)
        #expect(machine.failed(now: start, draw: 1) == .nothing)
        #expect(machine.waited() == .nothing)
        #expect(machine.start() == .nothing)
    }

    @Test("State, event, action, next state")
    func transitions() {
        typealias Machine = RedisKeeperStateMachine
        let start = start
        let events: [String: (inout Machine) -> Machine.Action] = [
            "start": { $0.start() },
            "success": { $0.succeeded(now: start) },
            "failure": { $0.failed(now: start, draw: 1) },
            "wait over": { $0.waited() },
            "stop": {
                $0.stop()
                return .nothing
            },
        ]
        /// The events that lead to each state.
        let ways = [
            "idle": [], "connecting": ["start"], "connected": ["start", "success"], "waiting": ["start", "failure"],
            "stopped": ["stop"],
        ]
        let rows: [(from: String, event: String, action: Machine.Action, to: String)] = [
            ("idle", "start", .connect, "connecting"),
            ("idle", "stop", .nothing, "stopped"),
            ("connecting", "success", .adopt, "connected"),
            ("connecting", "failure", .wait(.milliseconds(50)), "waiting"),
            ("connecting", "stop", .nothing, "stopped"),
            ("connected", "failure", .wait(.milliseconds(50)), "waiting"),
            ("connected", "stop", .nothing, "stopped"),
            ("waiting", "wait over", .connect, "connecting"),
            ("waiting", "stop", .nothing, "stopped"),
            ("stopped", "start", .nothing, "stopped"),
            ("stopped", "success", .discard, "stopped"),
            ("stopped", "failure", .nothing, "stopped"),
            ("stopped", "wait over", .nothing, "stopped"),
            ("stopped", "stop", .nothing, "stopped"),
        ]
        /// An event that only this state answers in this way.
        let signs: [String: (event: String, action: Machine.Action)] = [
            "connecting": ("success", .adopt), "connected": ("failure", .wait(.milliseconds(50))),
            "waiting": ("wait over", .connect), "stopped": ("success", .discard),
        ]
        for (from, event, action, to) in rows {
            var machine = Machine(base: .milliseconds(50), cap: .milliseconds(50))
            for step in ways[from] ?? [] { _ = events[step]?(&machine) }
            #expect(events[event]?(&machine) == action, "\(from), \(event)")
            if let sign = signs[to] { #expect(events[sign.event]?(&machine) == sign.action, "\(from), \(event)") }
        }
    }
}
