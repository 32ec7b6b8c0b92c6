import Testing

/// Runs with the model in the place of the stores: they find no fault where there is none, and find those that are put
/// in.
struct BoardRunTests {
    private static func report(_ fault: ModelSystem.Fault? = nil) -> BoardRunReport {
        BoardRunReport { start, body in try await body(ModelSystem(at: start, fault: fault)) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theModelEqualsItself(_ seed: UInt64) async throws {
        try await Self.report().run(seed: seed, count: 5_000)
    }

    @Test(arguments: [ModelSystem.Fault.ties, .retries, .sealing, .rollover, .watchers])
    func aFaultIsFoundAndShrunk(_ fault: ModelSystem.Fault) async throws {
        let report = Self.report(fault)
        var generator = OperationGenerator(seed: 11)
        let (operations, start) = (generator.operations(count: 8_000), generator.start)
        let failure: ([Operation]) async -> Int? = { try? await report.difference($0, start)?.step }
        let shrunk = try #require(await Shrinker(failure: failure).shrink(operations))
        #expect(shrunk.count <= 8, "\(shrunk)")
        #expect(await failure(shrunk) == shrunk.count - 1)
    }

    @Test func equalSeedsGiveEqualOperations() {
        func operations(_ seed: UInt64) -> [Operation] {
            var generator = OperationGenerator(seed: seed)
            return generator.operations(count: 500)
        }
        #expect(operations(4) == operations(4) && operations(4) != operations(5))
    }
}
