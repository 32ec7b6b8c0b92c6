import Basics
import LoadTest
import Testing

@Suite("Requests and their times")
struct RequestPlanTests {
    private func scenario(seed: UInt64 = 1) -> Scenario {
        var scenario = Scenario(duration: .seconds(20))
        scenario.seed = seed
        scenario.updates.rate = 500
        scenario.updates.users = 50
        scenario.updates.replays = 0.2
        scenario.updates.invalid = 0.1
        return scenario
    }

    @Test("requests are due at even times within the duration, whatever happens to others")
    func due() {
        let plan = RequestPlan(scenario())
        #expect(plan.count == 10_000)
        #expect(plan.request(0).due == .zero)
        #expect(plan.request(1).due == .milliseconds(2))
        #expect(plan.request(9_999).due == .milliseconds(19_998))
        var slow = Scenario(duration: .milliseconds(2500))
        slow.updates.rate = 1
        #expect(RequestPlan(slow).count == 3)
        slow.updates.rate = 0
        #expect(RequestPlan(slow).count == 0)
    }

    @Test("kinds have their shares, and every user has a turn")
    func shares() {
        let plan = RequestPlan(scenario())
        let requests = (0..<plan.count).map { plan.request($0) }
        #expect(abs(requests.count { $0.kind == .replay } - 2000) < 150)
        #expect(abs(requests.count { $0.kind == .invalid } - 1000) < 110)
        #expect(Set(requests.map(\.user)) == Set(0..<50))
    }

    @Test("a seed gives the same plan again, and another seed another one")
    func seed() {
        let plans = [1, 1, 2].map { seed in (0..<100).map { RequestPlan(scenario(seed: seed)).request($0) } }
        #expect(plans[0] == plans[1])
        #expect(plans[0] != plans[2])
    }

    @Test("waits before another attempt double up to a bound, with jitter")
    func waits() {
        #expect(RetryWait.backoff.wait(failures: 1, draw: 1) == .milliseconds(50))
        #expect(RetryWait.backoff.wait(failures: 1, draw: 0) == .milliseconds(25))
        #expect(RetryWait.backoff.wait(failures: 3, draw: 1) == .milliseconds(200))
        #expect(RetryWait.backoff.wait(failures: 1_000_000, draw: 1) == RetryWait.backoff.cap)
    }

    /// Before the next attempt, of three nodes.
    private func wait(_ attempts: Int, asked: Duration, left: Duration) -> Duration? {
        RetryWait.wait(afterAttempt: attempts, of: 3, asked: asked, left: left, draw: 1)
    }

    @Test("an outcome is asked for while there is time, of every node even when there is none, and not without end")
    func givingUp() {
        #expect(wait(3, asked: .seconds(30), left: .seconds(1)) == .milliseconds(200))
        #expect(wait(3, asked: .seconds(30), left: .milliseconds(200)) == nil)
        #expect(wait(2, asked: .seconds(30), left: .seconds(-10)) == .milliseconds(100))
        #expect(wait(1000, asked: RetryWait.askedMax - .seconds(3), left: .seconds(3600)) == RetryWait.backoff.cap)
        #expect(wait(1000, asked: RetryWait.askedMax - .seconds(2), left: .seconds(3600)) == nil)
        #expect(wait(2, asked: RetryWait.askedMax, left: .seconds(3600)) == nil)
    }
}
