import Testing

/// Runs sequences against fresh stores, and says what failed in a way that a reader can try again.
struct BoardRunReport {
    /// Fresh stores for each run.
    var system: () async throws -> any BoardSystem

    /// Runs a random sequence, and records an issue with its seed and a shrunk sequence if it fails.
    ///
    /// - Parameter seconds: how long the run lasts at least, so that periods end while it runs.
    func run(seed: UInt64, count: Int, seconds: Int64, shrinking: Bool = true) async throws {
        var generator = OperationGenerator(seed: seed)
        let operations = generator.operations(count: count, seconds: seconds)
        do {
            var run = BoardRun(system: try await system())
            try await run.perform(operations)
        } catch let difference as BoardRun.Difference {
            let shrunk = shrinking ? await Shrinker(failure: failure).shrink(operations) : nil
            Self.record(difference, seed: seed, shrunk: shrunk)
        }
    }

    /// Records a difference with its seed and the shortest sequence that shows it; nil if it was not seen again.
    static func record(_ difference: BoardRun.Difference, seed: UInt64, shrunk: [Operation]?) {
        let steps = shrunk.map { $0.enumerated().map { "  \($0): \($1)" }.joined(separator: "\n") }
        Issue.record(
            """
            seed \(seed), \(difference)
            \(steps ?? "  (it was not seen again, so it was not made shorter)")
            """)
    }

    /// The place of the operation at which a sequence fails.
    func failure(_ operations: [Operation]) async -> Int? {
        do {
            var run = BoardRun(system: try await system())
            try await run.perform(operations)
            return nil
        } catch let difference as BoardRun.Difference {
            return difference.step
        } catch {
            return nil
        }
    }
}
