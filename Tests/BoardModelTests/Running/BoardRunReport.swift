import Testing

/// Runs sequences against fresh stores, and says what failed in a way that a reader can try again.
struct BoardRunReport {
    /// Runs a body with fresh stores, whose clock shows a time in ms since 1970.
    var withSystem:
        (_ start: Int64, _ body: @Sendable (any BoardSystem) async throws -> BoardRun.Difference?) async throws
            -> BoardRun.Difference?
    /// How often a sequence may be run to make it shorter.
    var runsMax = 400
    /// Takes the name of each outcome of an update.
    var sees: @Sendable (String) -> Void = { _ in }

    /// Runs a random sequence, and records an issue with its seed and a shrunk sequence if it fails.
    func run(seed: UInt64, count: Int) async throws {
        var generator = OperationGenerator(seed: seed)
        let (operations, start) = (generator.operations(count: count), generator.start)
        guard let found = try await difference(operations, start) else { return }
        let shrinker = Shrinker(failure: { try? await difference($0, start)?.step }, runsMax: runsMax)
        let shrunk = await shrinker.shrink(operations)
        var text = "seed \(seed) of \(count) operations, \(found)\n"
        if let shrunk, let last = try await self.difference(shrunk, start) {
            text += "shorter: \(last.text)\n" + shrunk.enumerated().map { "  \($0): \($1)\n" }.joined()
        } else {
            text += "it was not seen again"
        }
        for module in ["BoardModelTests.", "Leaderboard."] { text = text.replacing(module, with: "") }
        Issue.record("\(text)")
    }

    /// Runs a sequence on fresh stores. Returns the first difference.
    func difference(_ operations: [Operation], _ start: Int64) async throws -> BoardRun.Difference? {
        try await withSystem(start) { [sees] system in
            var run = BoardRun(system: system, start: start, sees: sees)
            return await run.perform(operations)
        }
    }
}
