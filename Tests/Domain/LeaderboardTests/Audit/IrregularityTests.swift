import Leaderboard
import Testing

/// Updates that people do not make.
struct IrregularityTests {
    private func stretches(_ times: [Int64]) -> [UpdatePace.Stretch] {
        var pace = UpdatePace(AuditThresholds())
        var found: [UpdatePace.Stretch] = []
        for (index, at) in times.enumerated() { pace.take(seq: Int64(index + 1), at: at) { found.append($0) } }
        pace.finish { found.append($0) }
        return found
    }

    /// Intervals of a person: around the mean, and far from equal.
    private func human(_ count: Int, mean: Int64) -> [Int64] {
        (0..<count).reduce(into: [Int64(0)]) { times, index in
            times.append(times[times.count - 1] + mean / 2 + Int64(index * 7919 % 1000) * mean / 1000)
        }
    }

    @Test func people() {
        #expect(stretches(human(500, mean: 3000)).isEmpty)
        #expect(stretches([]).isEmpty)
        #expect(stretches((0..<49).map { $0 * 1000 }).isEmpty)
    }

    @Test("Equal intervals over fifty updates, also with some jitter")
    func regular() throws {
        let exact = stretches((0..<60).map { $0 * 7000 })
        #expect(exact.map(\.rule) == [.tooRegular])
        #expect(exact[0].seqs == 1...60)
        #expect(exact[0].updates == 60)
        #expect(exact[0].measured == 0)
        #expect(exact[0].intervalMilliseconds == 7000)
        let jitter = stretches((0..<60).map { $0 * 7000 + ($0 % 2) * 50 })
        #expect(jitter.map(\.rule) == [.tooRegular])
        #expect(jitter[0].measured > 0 && jitter[0].measured < 0.02)
        #expect(stretches((0..<60).map { $0 * 7000 + ($0 % 2) * 200 }).isEmpty)
    }

    @Test("A pause, or a clock that goes back, begins again")
    func pauses() {
        let week: Int64 = 7 * 86_400_000
        #expect(stretches((0..<40).map { $0 * 7000 } + (0..<40).map { week + $0 * 7000 }).isEmpty)
        #expect(stretches((0..<40).map { $0 * 7000 } + (0..<40).map { $0 * 7000 }).isEmpty)
        let two = stretches((0..<60).map { $0 * 7000 } + (0..<60).map { week + $0 * 7000 })
        #expect(two.map(\.seqs) == [1...60, 61...120])
    }

    @Test("More than five updates in a second, for fifty updates")
    func fast() {
        let quick = stretches(human(80, mean: 100))
        #expect(quick.map(\.rule) == [.tooFast])
        #expect(quick[0].measured > 5)
        #expect(stretches(human(30, mean: 100)).isEmpty)
        #expect(stretches([Int64](repeating: 5, count: 60)).map(\.rule) == [.tooFast])
    }

    private func large(_ seq: Int64, _ points: Int64) -> PointsDistribution.Large {
        PointsDistribution.Large(userID: "u\(seq)", seq: seq, action: "a", points: points)
    }

    @Test func percentile() {
        var points = PointsDistribution()
        #expect(points.percentile == 0)
        for seq in 1...10_000 { points.take(large(Int64(seq), Int64(seq)), isCandidate: true) }
        #expect((9_990...10_700).contains(points.percentile))
        points.take(large(10_001, 5_000_000), isCandidate: true)
        points.take(large(10_002, -6_000_000), isCandidate: true)
        points.take(large(10_003, 7_000_000), isCandidate: false)
        #expect(points.candidates(over: 100_000).map(\.points) == [-6_000_000, 5_000_000])
        points.take(large(10_004, .max), isCandidate: true)
        #expect(points.candidates(over: 100_000).count == 3)
    }
}
