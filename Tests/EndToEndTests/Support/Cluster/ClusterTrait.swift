import LocalServers
import Testing

extension Cluster {
    /// The deployment of the suite, if it has one.
    @TaskLocal static var current: Cluster?

    /// The deployment of the suite.
    static var ofSuite: Cluster {
        get throws { try #require(current) }
    }
}

/// Gives a suite one deployment for all of its tests, which saves starting one for each test.
struct ClusterTrait: SuiteTrait, TestScoping {
    let plan: Cluster.Plan

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Cluster.run(plan) { cluster in
            try await Cluster.$current.withValue(cluster) { try await function() }
        }
    }
}

extension Trait where Self == ClusterTrait {
    /// Returns a trait with one deployment for the suite. It has API nodes only, so that only the tests change Redis.
    ///
    /// - Parameter environment: additional settings of every node.
    static func apiNodes(
        _ count: Int = 1, rateLimit: String = "off", credentials: Credentials = Credentials(),
        environment: [String: String] = [:]
    ) -> Self {
        var plan = Cluster.Plan()
        plan.apis = count
        plan.gateways = 0
        plan.persisters = 0
        plan.rateLimit = rateLimit
        // A Redis that is killed must have written everything that it acknowledged.
        plan.durability = .always
        plan.credentials = credentials
        plan.environment = environment
        return ClusterTrait(plan: plan)
    }
}
