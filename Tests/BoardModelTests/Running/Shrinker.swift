/// Makes a failing sequence of operations shorter, by leaving out parts for as long as it still fails (A. Zeller,
/// R. Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
struct Shrinker {
    /// Runs a sequence from the begin. Returns the place of the operation that fails; nil if none does.
    var failure: ([Operation]) async -> Int?
    /// How often it may run a sequence.
    var runsMax = 400
    /// How long it may take. A run that fails because something never comes takes some seconds.
    var timeMax = Duration.seconds(600)

    /// The shortest sequence that was found; nil if the sequence does not fail again.
    func shrink(_ operations: [Operation]) async -> [Operation]? {
        guard let last = await failure(operations) else { return nil }
        var (best, runs) = (Array(operations[...last]), 1)
        let deadline = ContinuousClock.now + timeMax
        var isOver: Bool { runs >= runsMax || ContinuousClock.now >= deadline }
        func take(_ candidate: [Operation]) async -> Bool {
            guard !isOver else { return false }
            runs += 1
            guard let last = await failure(candidate) else { return false }
            best = Array(candidate[...last])
            return true
        }
        var size = max(1, best.count / 2)
        while !isOver {
            var (start, hasShrunk) = (0, false)
            while start < best.count, !isOver {
                let end = min(start + size, best.count)
                if await take(Array(best[..<start] + best[end...])) { hasShrunk = true } else { start = end }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, size / 2)
        }
        var index = best.count - 1
        while index >= 0, !isOver {
            // The last operation that is left may be another one by then.
            index = min(index, best.count - 1)
            var isSmaller = false
            for smaller in best[index].smaller where !isSmaller {
                isSmaller = await take(Array(best[..<index] + [smaller] + best[(index + 1)...]))
            }
            if !isSmaller { index -= 1 }
        }
        return best
    }
}
