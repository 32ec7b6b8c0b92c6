import Storage
import Testing

/// The decision which holders of leases are ended.
struct LeaseWatchTests {
    private let start = ContinuousClock.now
    private let holder = LeaseWatch.Waiting(pid: 7, startedAt: "10:00", changedAt: "10:05")

    /// Looks at times in ms, each with the sessions that wait then. Returns those that are ended at each.
    private func ended(_ looks: [(ms: Int, waiting: [LeaseWatch.Waiting])]) -> [[LeaseWatch.Waiting]] {
        var watch = LeaseWatch()
        return looks.map { watch.look(at: $0.waiting, now: start + .milliseconds($0.ms)) }
    }

    @Test("A holder that is silent for five seconds is ended, and not before")
    func silent() {
        let looks = [0, 1000, 2000, 3000, 4999, 5000, 6000].map { (ms: $0, waiting: [holder]) }
        #expect(ended(looks).map(\.count) == [0, 0, 0, 0, 0, 1, 1])
    }

    @Test("A holder that was heard of begins again")
    func heard() {
        var heard = holder
        heard.changedAt = "10:06"
        let looks = (0..<12).map { (ms: $0 * 1000, waiting: [$0 < 4 ? holder : heard]) }
        #expect(ended(looks).map(\.count) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
    }

    @Test("A session that works in between, or got the process id of another, begins again")
    func works() {
        var other = holder
        other.startedAt = "10:07"
        let looks = (0..<9).map { (ms: $0 * 1000, waiting: $0 == 4 ? [] : [$0 < 4 ? holder : other]) }
        #expect(ended(looks).flatMap { $0 } == [])
    }

    @Test("A watcher that paused itself does not judge by two looks")
    func looksAreNeeded() {
        let looks = [0, 60_000, 60_100, 60_200].map { (ms: $0, waiting: [holder]) }
        #expect(ended(looks).map(\.count) == [0, 0, 0, 1])
    }

    @Test("Each holder is judged by itself")
    func several() {
        var late = holder
        late.pid = 8
        let looks = (0..<8).map { (ms: $0 * 1000, waiting: $0 < 2 ? [holder] : [holder, late]) }
        #expect(ended(looks).map { $0.map(\.pid) } == [[], [], [], [], [], [7], [7], [7, 8]])
    }
}
