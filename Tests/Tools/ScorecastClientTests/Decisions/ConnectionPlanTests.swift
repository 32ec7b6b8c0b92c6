import ScorecastClient
import Testing

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

    @Test func failuresWaitLongerAndLonger() {
        var plan = connecting()
        var waits: [Duration] = []
        for _ in 1...9 {
            guard case .wait(let wait) = plan.lost(.unreachable("refused"), draw: 1) else { break }
            waits.append(wait)
            #expect(plan.waited() == .connect)
        }
        #expect(waits.map { $0 / .milliseconds(1) } == [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
    }

    @Test func onlyAConnectionThatWasHeardForLongStartsTheWaitsOver() {
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

    @Test(arguments: [nil, 1000, 1001, 1006, 1008, 1009, 1011, 1012, 4399] as [UInt16?])
    func closeCodesBelow4400ComeBack(code: UInt16?) {
        #expect(afterOpen(.closed(code: code, reason: "")) == .wait(.milliseconds(100)))
    }

    @Test func aBusyServerIsGivenMoreTime() {
        #expect(afterOpen(.closed(code: 1013, reason: "")) == .wait(.milliseconds(800)))
    }

    @Test(
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

    /// 302 and 200 come from proxies and portals on the way, and are temporary.
    @Test(arguments: [200, 302, 408, 425, 429, 500, 502, 503])
    func otherStatusesAreTriedAgain(status: Int) {
        var plan = connecting()
        #expect(plan.lost(.refused(HandshakeRefusal(status: status)), draw: 1) == .wait(.milliseconds(100)))
    }

    @Test func retryAfterIsTheLeastWait() {
        var plan = connecting()
        let refusal = HandshakeRefusal(status: 503, retryAfter: .seconds(5))
        #expect(plan.lost(.refused(refusal), draw: 0.5) == .wait(.milliseconds(5050)))
        #expect(plan.waited() == .connect)
        let rude = HandshakeRefusal(status: 429, retryAfter: .seconds(86_400))
        #expect(plan.lost(.refused(rude), draw: 0.5) == .wait(.milliseconds(60_100)))
    }

    @Test func theServersTimeToComeBackIsKept() {
        #expect(afterOpen(.askedToReconnect(after: .milliseconds(1234))) == .wait(.milliseconds(1234)))
        #expect(afterOpen(.askedToReconnect(after: .seconds(86_400))) == .wait(.seconds(60)))
    }

    @Test func aServerThatAsksAgainAndAgainIsNotAskedInATightLoop() {
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

    @Test func whatComesLateChangesNothing() {
        var plan = connecting()
        #expect(plan.start() == .nothing)
        #expect(plan.stop() == .end(nil))
        #expect(plan.stop() == .nothing)
        #expect(plan.lost(.silent, draw: 1) == .nothing)
        #expect(plan.opened() == false)
    }
}
