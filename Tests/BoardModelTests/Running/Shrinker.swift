/// Makes a failing sequence of operations shorter, by leaving out parts for as long as it still fails (A. Zeller,
/// R. Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
struct Shrinker {
    /// Runs a sequence from the begin. Returns the place of the operation that fails; nil if none does.
    var failure: ([Operation]) async -> Int?
    /// How often it may run a sequence.
    var runsMax = 300

    /// The shortest sequence that was found; nil if the sequence does not fail again, as if it failed by chance.
    func shrink(_ operations: [Operation]) async -> [Operation]? {
        guard let last = await failure(operations) else { return nil }
        var (best, runs) = (Array(operations[...last]), 1)
        func take(_ candidate: [Operation]) async -> Bool {
            runs += 1
            guard let last = await failure(candidate) else { return false }
            best = Array(candidate[...last])
            return true
        }
        var size = max(1, best.count / 2)
        while runs < runsMax {
            var (start, hasShrunk) = (0, false)
            while start < best.count, runs < runsMax {
                let end = min(start + size, best.count)
                if await take(Array(best[..<start] + best[end...])) { hasShrunk = true } else { start = end }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, size / 2)
        }
        for index in best.indices.reversed() {
            while runs < runsMax, index < best.count, let fewer = await shorterGroup(at: index, of: best) {
                best = fewer
            }
        }
        return best
    }

    /// Leaves out one update of a group; nil if all of them are needed.
    private func shorterGroup(at index: Int, of operations: [Operation]) async -> [Operation]? {
        guard case .update(let node, let boards, let time, let items) = operations[index], items.count > 1 else {
            return nil
        }
        for place in items.indices.reversed() {
            var (fewer, candidate) = (items, operations)
            fewer.remove(at: place)
            candidate[index] = .update(node: node, boards: boards, issuedAt: time, fewer)
            if let last = await failure(candidate) { return Array(candidate[...last]) }
        }
        return nil
    }
}
