import Testing

/// Runs with the model in the place of the stores: they find no fault where there is none, and find those that are put
/// in.
struct BoardRunTests {
    /// Some seconds before an hour of all time zones, so that periods end while a run lasts.
    private static let start: Int64 = 1_792_886_390_000

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theModelEqualsItself(_ seed: UInt64) async throws {
        try await BoardRunReport { ModelSystem(at: Self.start) }.run(seed: seed, count: 5_000, seconds: 20)
    }

    @Test(arguments: [ModelSystem.Fault.ties, .retries, .sealing, .rollover])
    func aFaultIsFoundAndShrunk(_ fault: ModelSystem.Fault) async throws {
        let report = BoardRunReport { ModelSystem(at: Self.start, fault: fault) }
        var generator = OperationGenerator(seed: 11)
        let operations = generator.operations(count: 4_000, seconds: 20)
        let shrunk = try #require(await Shrinker(failure: report.failure).shrink(operations))
        #expect(shrunk.count <= 8, "\(shrunk)")
        #expect(await report.failure(shrunk) == shrunk.count - 1)
    }

    @Test func equalSeedsGiveEqualOperations() {
        func operations(_ seed: UInt64) -> [Operation] {
            var generator = OperationGenerator(seed: seed)
            return generator.operations(count: 500, seconds: 5)
        }
        #expect(operations(4) == operations(4) && operations(4) != operations(5))
    }
}
