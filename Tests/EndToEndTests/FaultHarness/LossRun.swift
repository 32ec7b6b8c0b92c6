import Foundation
import LocalServers
import TestSupport
import Testing

/// Kills of Redis under load that may cost updates: its file is cut or removed, or its disk is slow. With `persisted`,
/// nothing that was acknowledged may be lost. With `applied`, exactly that which neither Postgres nor Redis' disk had.
struct LossRun {
    /// How Redis comes back.
    enum Damage: Sendable {
        case none, cut, removed
    }

    var plan = FaultDeployment.Plan()
    var seed: UInt64
    var damages: [Damage]
    /// The entries of the board `large`.
    var entries = 0
    /// How much longer each sync of Redis takes while it is used; nil for an ordinary disk.
    var syncMilliseconds: Int64?
    /// How long everything may take until it is healed.
    var healMax = Duration.seconds(10)

    /// The numbers of a run.
    struct Result {
        var acknowledged = 0
        var lost = 0
        var slowestHeal = 0
    }

    /// Runs it, and records an issue with the seed and the timeline if anything is wrong.
    @discardableResult
    func run() async throws -> Result {
        var result = Result()
        var plan = plan
        plan.hasProxies = false
        let disk = try syncMilliseconds.map { _ in try SlowSync() }
        if let disk { plan.redisEnvironment = try disk.environment() }
        try await FaultDeployment.run(plan) { deployment in
            let oracle = FaultOracle(deployment.timeline)
            var traffic = FaultTraffic(deployment, oracle, seed: seed)
            if plan.acknowledgement == "applied" { traffic.replayPercent = 0 }
            let day = FaultProof.day
            var (wrong, lost) = ([String](), Set<Substring>())
            do {
                try await traffic.fill(entries)
                FaultSettings.say("seed \(seed): \(entries) entries")
                try await traffic.run {
                    var generator = FaultGenerator(seed: seed, counts: plan.counts)
                    for (number, damage) in damages.enumerated() {
                        let heal = try await restart(deployment, oracle, disk, damage, &generator, &lost)
                        result.slowestHeal = max(result.slowestHeal, heal)
                        FaultSettings.say(
                            "seed \(seed): restart \(number + 1) of \(damages.count), \(damage): healed in \(heal) ms, "
                                + "\(lost.count) lost so far, \(oracle.summary)")
                    }
                }
                wrong = try await FaultProof.differences(deployment, oracle, lost: lost, startDay: day)
            } catch {
                wrong = oracle.violations + ["the run ended: \(error)"]
            }
            (result.acknowledged, result.lost) = (oracle.acknowledged, lost.count)
            FaultReport.say(seed: seed, deployment, oracle, wrong)
        }
        return result
    }

    /// Kills Redis once and lets it come back. Returns the time until it was healed, in ms.
    private func restart(
        _ deployment: FaultDeployment, _ oracle: FaultOracle, _ disk: SlowSync?, _ damage: Damage,
        _ generator: inout FaultGenerator, _ lost: inout Set<Substring>
    ) async throws -> Int {
        let timeline = deployment.timeline
        let before = oracle.acknowledged
        try await eventually("updates are acknowledged", timeout: .seconds(30)) { oracle.acknowledged > before + 50 }
        try disk?.set(milliseconds: syncMilliseconds ?? 0)
        // A slow sync is in progress, and Redis keeps later writes in its memory.
        try await Task.sleep(for: .milliseconds(generator.number(disk == nil ? 0...400 : 1200...1900)))
        // Half of the times the ledger is late.
        let isLate = generator.number(0...1) == 0
        if isLate {
            for node in deployment.nodes(.persister) { node.signal(SIGSTOP) }
            try await Task.sleep(for: .milliseconds(generator.number(50...500)))
        }
        await deployment.redis.kill()
        timeline.note("killed Redis\(isLate ? " while the persisters were stopped" : "")")
        try disk?.set(milliseconds: 0)
        for node in deployment.nodes(.persister) where isLate { node.signal(SIGCONT) }
        try await deployment.ledgerIsQuiet()
        switch damage {
        case .none: break
        case .cut: timeline.note(try deployment.cutFile(at: generator.part()))
        case .removed:
            try deployment.removeFile()
            timeline.note("removed the file")
        }
        let losses = try await losses(deployment, oracle)
        if deployment.plan.acknowledgement == "persisted" {
            for loss in losses { oracle.violation("the ledger lacks it when Redis is down: \(oracle.story(loss))") }
        } else {
            lost.formUnion(losses)
        }
        timeline.note("\(losses.count) acknowledged updates are neither in Postgres nor on Redis' disk")
        return try await comeBack(deployment, oracle)
    }

    /// The acknowledged updates that neither Postgres nor Redis' disk has, while Redis is down.
    private func losses(_ deployment: FaultDeployment, _ oracle: FaultOracle) async throws -> Set<Substring> {
        let kept = Set(try await deployment.ledger.rows("SELECT signature FROM score_events"))
        let isPersisted = deployment.plan.acknowledgement == "persisted"
        let onDisk = isPersisted ? [] : try await deployment.signaturesOnDisk()
        return Set(
            oracle.entries.lazy.filter { $0.value.answer != nil }.map(\.key)
                .filter { !kept.contains($0) && !onDisk.contains(String($0)) })
    }

    private func comeBack(_ deployment: FaultDeployment, _ oracle: FaultOracle) async throws -> Int {
        let timeline = deployment.timeline
        let start = timeline.now
        try await deployment.redis.restart()
        let back = timeline.now
        // The last time at which each partition was seen closed.
        var closed: [Int: Int] = [:]
        try await eventually("all partitions are healed", timeout: healMax + .seconds(20), every: .milliseconds(20)) {
            let asked = timeline.now
            let partitions = try await deployment.partitions()
            for partition in partitions where !partition.isOpen { closed[partition.number] = asked }
            return partitions.allSatisfy(\.isOpen)
        }
        let heal = timeline.now - back
        timeline.note("healed after \(heal) ms")
        if heal > FaultTimeline.milliseconds(healMax) { oracle.violation("healed only after \(heal) ms") }
        for (signature, entry) in oracle.entries where entry.isFresh && entry.sentAt >= start {
            let partition = FaultDeployment.partition(of: entry.action.boards.first ?? "")
            if let seen = closed[partition], entry.acknowledgedAt < seen {
                oracle.violation("counted before partition \(partition) was healed: \(oracle.story(signature))")
            }
        }
        return heal
    }
}
