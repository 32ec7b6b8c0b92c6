import Foundation
import LocalServers
import TestSupport
import Testing

/// A small file system for the data of a Redis, which a test fills. To mount it takes the rights of an administrator.
struct FullDisk: Sendable {
    let folder: String

    private static let megabytes = 32
    private static let chunk = [UInt8](repeating: 0x20, count: 4096)
    private var filler: String { folder + "/filler" }

    /// Mounts one; nil if this user may not.
    static func mount() async throws -> FullDisk? {
        guard getuid() == 0 else { return nil }
        let folder = try makeTestFolder("disk")
        let command = ChildProcess.Command("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder])
        do { try await ChildProcess.run(command, within: .seconds(5)) } catch { return nil }
        return FullDisk(folder: folder)
    }

    /// Writes until nothing fits any more.
    func fill() throws {
        let file = try Files.open(filler, O_WRONLY | O_CREAT | O_TRUNC)
        while write(file.number, Self.chunk, Self.chunk.count) == Self.chunk.count {}
    }

    /// Makes room again.
    func clear() { unlink(filler) }

    func unmount() async {
        _ = try? await ChildProcess.run(ChildProcess.Command("/bin/umount", ["-l", folder]), within: .seconds(5))
    }

    /// Fills the disk under load several times, and kills Redis meanwhile every second time.
    func run(times: Int, seed: UInt64) async throws {
        var plan = FaultDeployment.Plan()
        plan.hasProxies = false
        plan.redisArguments = ["--dir", folder]
        try await FaultDeployment.run(plan) { deployment in
            let oracle = FaultOracle(deployment.timeline)
            let traffic = FaultTraffic(deployment, oracle, seed: seed)
            let day = FaultProof.day
            var wrong: [String] = []
            do {
                try await traffic.run {
                    for number in 0..<times { try await once(deployment, oracle, kills: !number.isMultiple(of: 2)) }
                }
                wrong = try await FaultProof.differences(deployment, oracle, startDay: day)
            } catch {
                wrong = oracle.violations + ["the run ended: \(error)"]
            }
            FaultReport.say(seed: seed, deployment, oracle, wrong)
        }
    }

    private func once(_ deployment: FaultDeployment, _ oracle: FaultOracle, kills: Bool) async throws {
        try await goesOn(oracle)
        try fill()
        deployment.timeline.note("the disk is full")
        let refused = oracle.refused
        try await eventually("updates are refused, because the disk is full") { oracle.refused > refused + 20 }
        if kills {
            await deployment.redis.kill()
            deployment.timeline.note("killed Redis")
        }
        clear()
        if kills { try await deployment.redis.restart() }
        deployment.timeline.note("there is room again")
        try await goesOn(oracle)
    }

    private func goesOn(_ oracle: FaultOracle) async throws {
        let before = oracle.acknowledged
        try await eventually("updates are acknowledged") { oracle.acknowledged > before + 50 }
    }
}
