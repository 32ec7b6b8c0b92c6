import API
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// The waits of the repair of forms: neither the database nor the other nodes are kept busy by a board whose form in
/// Redis is not the one of the catalogue.
@Suite(.timeLimit(.minutes(1)))
struct FormRepairTests {
    private let stores: FakeStores
    private let log = RecordedLog()
    private let pauses = NIOLockedValueBox<[Duration]>([])
    /// How many pauses may end.
    private let ended = NIOLockedValueBox(Int.max)
    private let repair: FormRepair

    init() {
        stores = FakeStores(boards: [Board(id: "b", generation: 3)])
        stores.change { ($0.stamps["b"], $0.generation) = (4, 4) }
        repair = FormRepair(
            catalogue: stores, store: stores, boards: stores, logger: log.logger,
            pause: { [pauses, ended] duration in
                let number = pauses.withLockedValue { pauses in
                    pauses.append(duration)
                    return pauses.count
                }
                try? await eventually("pause \(number) may end") { ended.withLockedValue { $0 >= number } }
            })
    }

    private func suspect() throws { repair.suspect(try #require(stores.current?.boards["b"])) }

    private func renewals() -> Int { stores.value { $0.log.filter { $0 == "renew b" }.count } }

    @Test("A board whose scores do not fit its form is looked at less and less often, until it is reset")
    func backsOff() async throws {
        stores.change { $0.scores[Ranking(board: "b")] = ["u1": 5] }
        for count in 1...8 {
            // The repair cannot end before it was seen to begin. So no further one begins in this loop.
            ended.withLockedValue { $0 = count - 1 }
            try await eventually("repair \(count) has begun") {
                try suspect()
                return pauses.withLockedValue { $0.count } == count
            }
            ended.withLockedValue { $0 = count }
            try await eventually("repair \(count) has ended") { log.lines.count == count && renewals() == count }
        }
        let waits = pauses.withLockedValue { $0 }
        #expect(waits[0] == .seconds(2))
        for (index, wait) in waits.enumerated() {
            let bound = min(Duration.seconds(2 << index), .seconds(60))
            #expect(wait >= bound / 2 && wait <= bound, "\(index)")
        }
        #expect(log.lines.allSatisfy { $0.level == .error })
        ended.withLockedValue { $0 = .max }
        // After a reset, the next repair succeeds, and the one after that comes soon again.
        stores.change { $0.scores = [:] }
        try await eventually("it is stamped") {
            try suspect()
            return stores.value { $0.stamps["b"] == $0.known?.boards["b"]?.generation }
        }
        try await eventually("the next repair has begun") {
            try suspect()
            return pauses.withLockedValue { $0.last } == .seconds(2)
        }
    }

    @Test("Loads that follow each other have waits between them, and a caller gets a load that began after it came")
    func loads() async throws {
        let calls = NIOLockedValueBox(0)
        @Sendable func again(_ left: Int) {
            repair.reload {
                calls.withLockedValue { $0 += 1 }
                if left > 0 { again(left - 1) }
            }
        }
        again(9)
        try await eventually("all were called") { calls.withLockedValue { $0 } == 10 }
        #expect(stores.value { $0.log.filter { $0 == "reload" }.count } == 10)
        let waits = pauses.withLockedValue { $0 }
        #expect(waits.count == 9 && waits.allSatisfy { $0 >= .milliseconds(10) && $0 <= .milliseconds(250) })
        #expect(waits.last ?? .zero >= .milliseconds(125))
        stores.change { $0.isAway = true }
        again(0)
        try await eventually("a failed load ends, too") { calls.withLockedValue { $0 } == 11 }
    }
}
