import Gateway
import Testing

/// When a ranking is read: phase, event, action, next phase.
@Suite struct ReadPlanTests {
    /// A plan in each of its phases.
    private func plans() -> [(phase: String, plan: ReadPlan)] {
        let resting = ReadPlan(comparison: .milliseconds(1_000))
        var reading = resting
        _ = reading.requestRead()
        var again = reading
        _ = again.requestRead()
        return [("resting", resting), ("reading", reading), ("reading and again", again)]
    }

    /// The phase, from what the next events lead to.
    private func phase(_ plan: ReadPlan) -> String {
        var (requested, succeeded) = (plan, plan)
        if requested.requestRead() == .read { return "resting" }
        return succeeded.recordSuccess(dice: 0) == .read ? "reading and again" : "reading"
    }

    @Test("A read is started when none is in progress; one that is asked for meanwhile follows it")
    func transitions() {
        typealias Event = (inout ReadPlan) -> ReadPlan.Action
        let request: Event = { $0.requestRead() }
        let afterOutage: Event = { $0.requestReadAfterOutage() }
        let succeed: Event = { $0.recordSuccess(dice: 0.5) }
        let fail: Event = { $0.recordFailure(dice: 0.5) }
        let rows: [(from: String, name: String, event: Event, action: ReadPlan.Action, to: String)] = [
            ("resting", "request", request, .read, "reading"),
            ("resting", "after outage", afterOutage, .read, "reading"),
            ("reading", "request", request, .nothing, "reading and again"),
            ("reading", "after outage", afterOutage, .nothing, "reading and again"),
            ("reading", "success", succeed, .wait(milliseconds: 1_000), "resting"),
            ("reading", "failure", fail, .wait(milliseconds: 75), "resting"),
            ("reading and again", "request", request, .nothing, "reading and again"),
            ("reading and again", "success", succeed, .read, "reading"),
            // The wait is short, and the next read serves both.
            ("reading and again", "failure", fail, .wait(milliseconds: 75), "resting"),
        ]
        for (from, name, event, action, to) in rows {
            for (phase, plan) in plans() where phase == from {
                var plan = plan
                #expect(event(&plan) == action, "\(from), \(name)")
                #expect(self.phase(plan) == to, "\(from), \(name)")
            }
        }
    }

    @Test("A change during a read is read again, once")
    func readsAgain() {
        var plan = ReadPlan(comparison: .milliseconds(1000))
        #expect(plan.requestRead() == .read)
        #expect(plan.requestRead() == .nothing)
        #expect(plan.recordSuccess(dice: 0) == .read)
        #expect(plan.recordSuccess(dice: 0) == .wait(milliseconds: 750))
        #expect(plan.requestRead() == .read)
        #expect(plan.recordSuccess(dice: 0.999) == .wait(milliseconds: 1249))
    }

    @Test("Each failure waits longer, up to a bound, and operators are told after the fifth")
    func failures() {
        var plan = ReadPlan(comparison: .milliseconds(1000))
        var waits: [Int64] = []
        for count in 0..<8 {
            // A node that starts waits about a second for its stores before that is worth a warning.
            #expect(plan.failureCount == count && plan.failureLasts == (count >= 5))
            #expect(plan.requestRead() == .read)
            guard case .wait(let milliseconds) = plan.recordFailure(dice: 0.5) else { return }
            waits.append(milliseconds)
        }
        #expect(waits == [75, 150, 300, 600, 1200, 2400, 3750, 3750])
        #expect(plan.requestRead() == .read)
        _ = plan.recordSuccess(dice: 0)
        #expect(!plan.failureLasts)
    }

    @Test("After an outage the waits start over, and the count of failures does not")
    func afterAnOutage() {
        var plan = ReadPlan(comparison: .milliseconds(1_000))
        for _ in 0..<8 {
            _ = plan.requestRead()
            _ = plan.recordFailure(dice: 0.5)
        }
        #expect(plan.requestReadAfterOutage() == .read)
        #expect(plan.recordFailure(dice: 0.5) == .wait(milliseconds: 75))
        #expect(plan.failureLasts, "operators are told of the end")
        #expect(plan.requestRead() == .read)
        #expect(plan.requestReadAfterOutage() == .nothing, "the read that follows counts")
        #expect(plan.recordSuccess(dice: 0) == .read)
    }
}
