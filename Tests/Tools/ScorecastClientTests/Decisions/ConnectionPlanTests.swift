import ScorecastClient
import Testing

/// When the client connects, waits and gives up: phase, event, step, next phase.
@Suite struct ConnectionPlanTests {
    /// A plan that is connecting, with waits of 100 ms to 10 s.
    private func connecting() -> ConnectionPlan {
        var configuration = ScoreboardConfiguration(url: "ws://127.0.0.1:1")
        configuration.backoffBase = .milliseconds(100)
        configuration.backoffCap = .seconds(10)
        configuration.askedWaitMax = .seconds(60)
        configuration.provenAfter = .seconds(5)
        var plan = ConnectionPlan(configuration)
        #expect(plan.start() == .connect)
        return plan
    }

    private func afterOpen(
        _ loss: ScoreboardLoss, heardFor: Duration = .zero, complaint: String? = nil
    ) -> ConnectionPlan.Step {
        var plan = connecting()
        #expect(plan.opened() == true)
        return plan.lost(loss, heardFor: heardFor, complaint: complaint, draw: 1)
    }

    @Test("Failures wait longer and longer, up to the cap")
    func failuresWaitLongerAndLonger() {
        var plan = connecting()
        var waits: [Duration] = []
        for _ in 1...9 {
            guard case .wait(let wait) = plan.lost(.unreachable("refused"), draw: 1) else { break }
            waits.append(wait)
            #expect(plan.waited() == .connect)
        }
        #expect(waits.map { $0 / .milliseconds(1) } == [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
    }

    @Test("Only a connection that was heard for long starts the waits over")
    func onlyAConnectionThatWasHeardForLongStartsTheWaitsOver() {
        var plan = connecting()
        for _ in 1...3 {
            #expect(plan.opened() == true)
            _ = plan.lost(.closed(code: nil, reason: ""), heardFor: .seconds(4), draw: 1)
            #expect(plan.waited() == .connect)
        }
        #expect(plan.opened() == true)
        #expect(plan.lost(.silent, heardFor: .seconds(4), draw: 1) == .wait(.milliseconds(800)))
        #expect(plan.waited() == .connect)
        #expect(plan.opened() == true)
        #expect(plan.lost(.silent, heardFor: .seconds(5), draw: 1) == .wait(.milliseconds(100)))
    }

    @Test(
        "Close codes below 4400 come back",
        arguments: [nil, 1000, 1001, 1006, 1008, 1009, 1011, 1012, 4399] as [UInt16?])
    func closeCodesBelow4400ComeBack(code: UInt16?) {
        #expect(afterOpen(.closed(code: code, reason: "")) == .wait(.milliseconds(100)))
    }

    @Test("A busy server is given more time")
    func aBusyServerIsGivenMoreTime() {
        #expect(afterOpen(.closed(code: 1013, reason: "")) == .wait(.milliseconds(800)))
    }

    @Test(
        "Close codes from 4400 end it",
        arguments: [
            (4400, .refused), (4401, .unauthorized), (4403, .forbidden), (4404, .notFound), (4999, .refused),
        ] as [(UInt16, ScoreboardError.Kind)])
    func closeCodesFrom4400End(code: UInt16, kind: ScoreboardError.Kind) throws {
        let step = afterOpen(.closed(code: code, reason: "no such board"), complaint: "unknown_board")
        guard case .end(let error?) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(error.kind == kind && error.closeCode == code && error.serverCode == "unknown_board")
        #expect(error.message.contains("no such board"))
    }

    @Test(
        "Statuses of the client's fault end it",
        arguments: [
            (400, .refused), (401, .unauthorized), (403, .forbidden), (404, .notFound), (426, .refused),
        ] as [(Int, ScoreboardError.Kind)])
    func statusesOfTheClientsFaultEnd(status: Int, kind: ScoreboardError.Kind) {
        var plan = connecting()
        let step = plan.lost(.refused(HandshakeRefusal(status: status)), draw: 1)
        guard case .end(let error?) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(error.kind == kind && error.status == status)
        #expect(plan.isEnded)
        #expect(plan.waited() == .nothing)
        #expect(plan.opened() == false)
    }

    /// 302 and 200 come from proxies and portals on the way, which go away.
    @Test("Other statuses are tried again", arguments: [200, 302, 408, 425, 429, 500, 502, 503])
    func otherStatusesAreTriedAgain(status: Int) {
        var plan = connecting()
        #expect(plan.lost(.refused(HandshakeRefusal(status: status)), draw: 1) == .wait(.milliseconds(100)))
    }

    @Test("Retry-After is the least wait")
    func retryAfterIsTheLeastWait() {
        var plan = connecting()
        let refusal = HandshakeRefusal(status: 503, retryAfter: .seconds(5))
        #expect(plan.lost(.refused(refusal), draw: 0.5) == .wait(.milliseconds(5050)))
        #expect(plan.waited() == .connect)
        let rude = HandshakeRefusal(status: 429, retryAfter: .seconds(86_400))
        #expect(plan.lost(.refused(rude), draw: 0.5) == .wait(.milliseconds(60_100)))
    }

    @Test("The server's time to come back is kept")
    func theServersTimeToComeBackIsKept() {
        #expect(afterOpen(.askedToReconnect(after: .milliseconds(1234))) == .wait(.milliseconds(1234)))
        #expect(afterOpen(.askedToReconnect(after: .seconds(86_400))) == .wait(.seconds(60)))
    }

    @Test("A server that asks again and again is not asked in a tight loop")
    func aServerThatAsksAgainAndAgainIsNotAskedInATightLoop() {
        var plan = connecting()
        var last = Duration.zero
        for _ in 1...6 {
            #expect(plan.opened() == true)
            guard case .wait(let wait) = plan.lost(.askedToReconnect(after: .zero), draw: 1) else { break }
            last = wait
            #expect(plan.waited() == .connect)
        }
        #expect(last == .milliseconds(1600))
    }

    @Test("An event that comes late changes nothing")
    func whatComesLateChangesNothing() {
        var plan = connecting()
        #expect(plan.start() == .nothing)
        #expect(plan.stop() == .end(nil))
        #expect(plan.stop() == .nothing)
        #expect(plan.lost(.silent, draw: 1) == .nothing)
        #expect(plan.opened() == false)
    }

    @Test("Phase, event, step, next phase")
    func transitions() {
        typealias Event = (inout ConnectionPlan) -> String
        func word(_ step: ConnectionPlan.Step) -> String {
            switch step {
            case .connect: "connect"
            case .wait: "wait"
            case .end(let error): error == nil ? "end" : "end with an error"
            case .nothing: "nothing"
            }
        }
        let events: [String: Event] = [
            "start": { word($0.start()) },
            "opened": { $0.opened() ? "taken" : "refused" },
            "lost": { word($0.lost(.silent, draw: 1)) },
            "lost for good": { word($0.lost(.closed(code: 4404, reason: ""), draw: 1)) },
            "waited": { word($0.waited()) },
            "stop": { word($0.stop()) },
        ]
        let ways = [
            "idle": [], "connecting": ["start"], "open": ["start", "opened"], "waiting": ["start", "lost"],
            "ended": ["stop"],
        ]
        /// The answer of each phase to an event, and the phase after it; all that is missing here answers `nothing`,
        /// or `refused`, and changes nothing.
        let rows: [String: [String: (step: String, to: String)]] = [
            "idle": ["start": ("connect", "connecting"), "stop": ("end", "ended")],
            "connecting": [
                "opened": ("taken", "open"), "lost": ("wait", "waiting"),
                "lost for good": ("end with an error", "ended"), "stop": ("end", "ended"),
            ],
            "open": [
                "lost": ("wait", "waiting"), "lost for good": ("end with an error", "ended"), "stop": ("end", "ended"),
            ],
            "waiting": ["waited": ("connect", "connecting"), "stop": ("end", "ended")],
            "ended": [:],
        ]
        func newPlan(_ phase: String) -> ConnectionPlan {
            var plan = ConnectionPlan(ScoreboardConfiguration(url: "ws://127.0.0.1:1"))
            for step in ways[phase] ?? [] { _ = events[step]?(&plan) }
            return plan
        }
        /// The answers of a plan to each event, which tell the phases apart.
        func answers(_ plan: ConnectionPlan) -> [String: String] {
            events.mapValues { event in
                var plan = plan
                return event(&plan)
            }
        }
        for (from, known) in rows {
            for (name, event) in events {
                var plan = newPlan(from)
                let (step, to) = known[name] ?? (name == "opened" ? "refused" : "nothing", from)
                #expect(event(&plan) == step, "\(from), \(name)")
                #expect(answers(plan) == answers(newPlan(to)), "\(from), \(name)")
                #expect(plan.isEnded == (to == "ended"), "\(from), \(name)")
            }
        }
    }
}
