import AIClient
import Testing

struct CircuitBreakerTests {
    /// What is done to the breaker.
    enum Step: Sendable {
        case fail
        case succeed
        case abandon
        /// Asks, and must be let through or not. The pass is reported on by the next step.
        case ask(CircuitBreaker.Pass?)
    }

    /// A step at a second, and the state after it.
    struct Row: Sendable {
        let at: Int
        let step: Step
        let state: String

        init(_ at: Int, _ step: Step, _ state: String) { (self.at, self.step, self.state) = (at, step, state) }
    }

    static let opened: [Row] = (1...5).map { Row($0, .fail, $0 < 5 ? "closed \($0)" : "open 35") }

    @Test(arguments: [
        // Five failures in 30 s open it.
        opened,
        // Failures that are too old do not count.
        [
            Row(0, .fail, "closed 1"), Row(1, .fail, "closed 2"), Row(2, .fail, "closed 3"), Row(3, .fail, "closed 4"),
            Row(31, .fail, "closed 3"), Row(31, .fail, "closed 4"), Row(31, .fail, "open 61"),
        ],
        // Successes do not forgive the failures in between.
        [
            Row(0, .fail, "closed 1"), Row(1, .succeed, "closed 1"), Row(1, .fail, "closed 2"),
            Row(2, .fail, "closed 3"), Row(3, .abandon, "closed 3"), Row(3, .fail, "closed 4"),
            Row(4, .succeed, "closed 4"), Row(4, .fail, "open 34"),
        ],
        // While it is open, nobody asks. Then one does.
        opened + [
            Row(6, .ask(nil), "open 35"), Row(34, .ask(nil), "open 35"), Row(35, .ask(.probe), "probing"),
            Row(35, .ask(nil), "probing"), Row(64, .ask(nil), "probing"),
        ],
        // A probe that succeeds closes it, and the earlier failures are forgotten.
        opened + [
            Row(40, .ask(.probe), "probing"), Row(41, .succeed, "closed 0"), Row(41, .ask(.usual), "closed 0"),
            Row(41, .fail, "closed 1"),
        ],
        // A probe that fails begins the next rest.
        opened + [
            Row(40, .ask(.probe), "probing"), Row(41, .fail, "open 71"), Row(70, .ask(nil), "open 71"),
            Row(71, .ask(.probe), "probing"),
        ],
        // A probe that was given up leaves its place to the next one.
        opened + [
            Row(40, .ask(.probe), "probing"), Row(41, .abandon, "open 41"), Row(41, .ask(.probe), "probing"),
            Row(42, .succeed, "closed 0"),
        ],
    ]) func steps(_ rows: [Row]) {
        var breaker = CircuitBreaker()
        var pass = CircuitBreaker.Pass.usual
        for row in rows {
            let now = Duration.seconds(row.at)
            switch row.step {
            case .fail: breaker.note(.failure, of: pass, at: now)
            case .succeed: breaker.note(.success, of: pass, at: now)
            case .abandon: breaker.note(.abandoned, of: pass, at: now)
            case .ask(let expected):
                let given = breaker.admit(at: now)
                #expect(given == expected, "at \(row.at)")
                pass = given ?? pass
            }
            if case .probing = breaker.state {} else if case .ask = row.step {} else { pass = .usual }
            #expect(Self.text(breaker.state) == row.state, "at \(row.at)")
        }
    }

    /// Requests that were sent before it opened end later, and change nothing.
    @Test func lateOutcomes() {
        var breaker = CircuitBreaker()
        for second in 1...5 { breaker.note(.failure, of: .usual, at: .seconds(second)) }
        for outcome in [CircuitBreaker.Outcome.success, .failure, .abandoned] {
            breaker.note(outcome, of: .usual, at: .seconds(20))
            #expect(breaker.state == .open(until: .seconds(35)))
        }
        #expect(breaker.admit(at: .seconds(35)) == .probe)
        for outcome in [CircuitBreaker.Outcome.success, .failure, .abandoned] {
            breaker.note(outcome, of: .usual, at: .seconds(36))
            #expect(breaker.state == .probing)
        }
    }

    private static func text(_ state: CircuitBreaker.State) -> String {
        switch state {
        case .closed(let failures): "closed \(failures.count)"
        case .open(let end): "open \(end.components.seconds)"
        case .probing: "probing"
        }
    }
}
