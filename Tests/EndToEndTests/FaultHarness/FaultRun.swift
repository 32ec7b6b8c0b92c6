import LocalServers
import TestSupport
import Testing

/// A run of faults under load after which nothing may be lost and nothing may count twice.
struct FaultRun {
    var plan = FaultDeployment.Plan()
    var seed: UInt64
    var faults: Int
    /// Updates that are acknowledged between two faults, at least.
    var updatesBetween = 30
    var clients = 12
    /// The pause of a client between two updates.
    var pause = Duration.milliseconds(4)
    /// Draws the next fault.
    var draw: @Sendable (inout FaultGenerator) -> Fault

    /// The numbers of a run.
    struct Result {
        var acknowledged = 0
        var faults = 0
        var seconds = 0.0
    }

    /// How long nothing may be acknowledged after a fault.
    private static let stillMax = Duration.seconds(30)

    /// Runs it, and records an issue with the seed and the timeline if anything is wrong.
    @discardableResult
    func run() async throws -> Result {
        var result = Result()
        try await FaultDeployment.run(plan) { deployment in
            let oracle = FaultOracle(deployment.timeline)
            var traffic = FaultTraffic(deployment, oracle, seed: seed)
            (traffic.clients, traffic.pause) = (clients, pause)
            let (start, day) = (ContinuousClock.now, FaultProof.day)
            var wrong: [String] = []
            do {
                try await traffic.run { try await breakThings(deployment, oracle) }
                result.seconds = Double(FaultTimeline.milliseconds(start.duration(to: .now))) / 1000
                try await deployment.everythingIsUp(within: .seconds(60))
                try await traffic.repeatLast()
                wrong = try await FaultProof.differences(deployment, oracle, startDay: day)
            } catch {
                wrong = oracle.violations + ["the run ended: \(error)"]
            }
            (result.acknowledged, result.faults) = (oracle.acknowledged, faults)
            FaultReport.say(seed: seed, deployment, oracle, wrong)
        }
        return result
    }

    private func breakThings(_ deployment: FaultDeployment, _ oracle: FaultOracle) async throws {
        var generator = FaultGenerator(seed: seed, counts: plan.counts)
        try await goesOn(oracle, after: "the start")
        for number in 0..<faults {
            let fault = draw(&generator)
            try await Task.sleep(for: .milliseconds(generator.number(0...300)))
            try await deployment.perform(fault)
            try await goesOn(oracle, after: fault.description)
            deployment.timeline.note("updates go on")
            if (number + 1).isMultiple(of: 10) {
                FaultSettings.say("seed \(seed): \(number + 1) of \(faults) faults, \(oracle.summary)")
            }
        }
    }

    private func goesOn(_ oracle: FaultOracle, after what: String) async throws {
        let before = oracle.acknowledged
        try await eventually("an update is acknowledged after \(what)", timeout: Self.stillMax) {
            oracle.acknowledged > before
        }
        try await eventually("updates are acknowledged after \(what)", timeout: Self.stillMax + Self.stillMax) {
            oracle.acknowledged >= before + updatesBetween
        }
    }
}

/// Tells of a run.
enum FaultReport {
    /// Records an issue if anything is wrong, with all that is needed to see why.
    static func say(seed: UInt64, _ deployment: FaultDeployment, _ oracle: FaultOracle, _ wrong: [String]) {
        FaultSettings.say("seed \(seed): \(wrong.isEmpty ? "all agrees" : "WRONG"), \(oracle.summary)")
        guard !wrong.isEmpty else { return }
        let logs = deployment.nodes.map { "\($0.role.rawValue) \($0.port):\n\($0.log)" }.joined(separator: "\n")
        Issue.record(
            """
            SCORECAST_FAULT_SEED=\(seed), \(deployment.plan.acknowledgement), appendfsync \
            \(deployment.plan.durability.rawValue): \(oracle.summary)
            \(wrong.prefix(60).joined(separator: "\n"))
            Timeline:
            \(deployment.timeline.text)
            Logs:
            \(logs)
            """)
    }
}
