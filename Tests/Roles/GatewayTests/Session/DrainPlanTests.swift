import Gateway
import TestSupport
import Testing

/// How many sessions each tick of a drain closes.
@Suite struct DrainPlanTests {
    /// The step of each tick while sessions go as they are told, and others come.
    private func steps(pace: Int, limit: Int, open: Int, coming: [Int] = []) -> [DrainPlan.Step] {
        var plan = DrainPlan(pace: pace, limit: limit)
        var (open, steps): (Int, [DrainPlan.Step]) = (open, [])
        for tick in 0..<limit + 1 {
            open += coming.indices.contains(tick) ? coming[tick] : 0
            let step = plan.tick(open: open)
            if case .close(let count) = step { open -= count }
            steps.append(step)
        }
        return steps
    }

    @Test(
        "Sessions are closed evenly within the pace, later ones at once, and the rest is cut at the limit"
    )
    func table() {
        let rows: [(pace: Int, limit: Int, open: Int, coming: [Int], closed: [Int])] = [
            (4, 6, 10, [], [3, 3, 2, 2, 0, 0]),
            (4, 4, 4, [], [1, 1, 1, 1]),
            (4, 5, 1, [], [1, 0, 0, 0, 0]),
            (4, 4, 0, [], [0, 0, 0, 0]),
            (1, 2, 7, [], [7, 0]),
            (2, 4, 4, [0, 2, 0, 5], [2, 4, 0, 5]),
            // A pace longer than the limit: the rest is cut.
            (10, 2, 10, [], [1, 1]),
            // No pace and no limit are those of one tick.
            (0, 0, 3, [], [3]),
        ]
        for (pace, limit, open, coming, closed) in rows {
            let expected = closed.map { DrainPlan.Step.close($0) } + [.cut]
            let given = steps(pace: pace, limit: max(1, limit), open: open, coming: coming)
            #expect(given == expected, "pace \(pace), limit \(limit), \(open) open")
        }
    }

    @Test("Whatever the numbers, all are told to leave within the pace, and no tick more than its share")
    func property() {
        for (pace, open) in (1...12).flatMap({ pace in (0...40).map { (pace, $0) } }) {
            let closed = steps(pace: pace, limit: pace, open: open).dropLast().map { step in
                if case .close(let count) = step { count } else { -1 }
            }
            #expect(closed.reduce(0, +) == open, "pace \(pace), \(open) open")
            #expect(closed.allSatisfy { (0...(open + pace - 1) / pace).contains($0) }, "pace \(pace), \(open) open")
        }
    }
}
