import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Faults of all kinds, drawn by seed. CONTRIBUTING.md says how to run the long ones.
    @Suite("Faults by seed")
    struct FaultHarness {
        @Test("any fault: with persisted, nothing acknowledged is lost or counts twice", .timeLimit(.minutes(240)))
        func anyFault() async throws {
            let rounds = FaultSettings.number("RUNS", short: 1, full: 20)
            for seed in FaultSettings.seeds(1000, rounds: rounds) {
                let faults = FaultSettings.number("FAULTS", short: 7, full: 40)
                try await FaultRun(seed: seed, faults: faults) { $0.any(losesData: true) }.run()
            }
        }

        @Test(
            "any fault after which Redis has its data: with applied and appendfsync always, the same",
            .timeLimit(.minutes(240)))
        func anyFaultApplied() async throws {
            let rounds = FaultSettings.number("RUNS", short: 1, full: 20)
            for seed in FaultSettings.seeds(2000, rounds: rounds) {
                let faults = FaultSettings.number("FAULTS", short: 4, full: 40)
                var run = FaultRun(seed: seed, faults: faults) { $0.any(losesData: false) }
                run.plan.acknowledgement = "applied"
                run.plan.durability = .always
                try await run.run()
            }
        }

        /// One line of `docs/durability.md`: the acknowledgement and the durability of Redis.
        struct Promise: Sendable, CustomTestStringConvertible {
            var acknowledgement: String
            var durability: LocalRedis.Durability
            var testDescription: String { "\(acknowledgement), appendfsync \(durability.rawValue)" }
        }

        @Test(
            "SIGKILLs of all processes under load: nothing is lost, nothing counts twice", .timeLimit(.minutes(120)),
            arguments: [
                Promise(acknowledgement: "persisted", durability: .everySecond),
                Promise(acknowledgement: "applied", durability: .always),
            ])
        func kills(_ promise: Promise) async throws {
            let kills = FaultSettings.number("KILLS", short: 4, full: 300)
            let perRound = 25
            let updates = FaultSettings.number("UPDATES", short: 30, full: 1000)
            var (acknowledged, killed, seconds) = (0, 0, 0.0)
            for seed in FaultSettings.seeds(3000, rounds: (kills + perRound - 1) / perRound) {
                let left = FaultSettings.seed == nil ? kills - Int(seed - 3000) * perRound : kills
                var run = FaultRun(seed: seed, faults: min(perRound, left)) { $0.kill() }
                run.updatesBetween = updates
                run.plan.acknowledgement = promise.acknowledgement
                run.plan.durability = promise.durability
                run.plan.hasProxies = false
                (run.clients, run.pause) = (24, .milliseconds(1))
                let result = try await run.run()
                acknowledged += result.acknowledged
                killed += result.faults
                seconds += result.seconds
                FaultSettings.say(
                    "\(promise.testDescription): \(killed) kills, \(acknowledged) acknowledged updates, "
                        + "\(Int(Double(acknowledged) / max(seconds, 1))) in a second")
            }
        }

        @Test(
            "Redis comes back with a cut file, or none: no write before it is healed, and no more lost than promised",
            .timeLimit(.minutes(120)), arguments: ["persisted", "applied"])
        func lostFiles(_ acknowledgement: String) async throws {
            let cuts = FaultSettings.number("CUTS", short: 1, full: 60)
            let removals = FaultSettings.number("REMOVALS", short: 1, full: 20)
            let perRound = 20
            let all = (0..<cuts + removals).map { number in
                // The kinds are spread evenly.
                (number + 1) * removals / (cuts + removals) > number * removals / (cuts + removals)
                    ? LossRun.Damage.removed : .cut
            }
            let rounds = (all.count + perRound - 1) / perRound
            for seed in FaultSettings.seeds(4000, rounds: rounds) {
                let round = Int(seed &- 4000) % max(1, rounds)
                let damages = all[(round * perRound)..<min((round + 1) * perRound, all.count)]
                var run = LossRun(seed: seed, damages: Array(damages))
                run.plan.acknowledgement = acknowledgement
                run.entries = FaultSettings.number("ENTRIES", short: 1000, full: 100_000)
                let result = try await run.run()
                FaultSettings.say(
                    "\(acknowledgement): slowest heal \(result.slowestHeal) ms, \(result.acknowledged) acknowledged, "
                        + "\(result.lost) lost as promised")
            }
        }

        @Test(
            "a slow disk and SIGKILL of Redis: with persisted nothing is lost, with applied and everysec something is",
            .timeLimit(.minutes(120)), arguments: ["persisted", "applied"])
        func slowSync(_ acknowledgement: String) async throws {
            let kills = FaultSettings.number("SLOW", short: 1, full: 30)
            for seed in FaultSettings.seeds(5000, rounds: 1) {
                var run = LossRun(seed: seed, damages: Array(repeating: .none, count: kills))
                run.plan.acknowledgement = acknowledgement
                run.syncMilliseconds = 3000
                let result = try await run.run()
                FaultSettings.say(
                    "\(acknowledgement): \(kills) kills on a slow disk, \(result.acknowledged) acknowledged, "
                        + "\(result.lost) lost")
                if acknowledgement == "applied" && kills >= 10 {
                    #expect(result.lost > 0, "the control must be able to show a loss")
                }
            }
        }

        @Test("a full disk: with persisted, nothing is lost", .timeLimit(.minutes(30)))
        func fullDisk() async throws {
            // Only long runs by an administrator: a mount is not for everybody who runs the tests.
            let times = FaultSettings.number("DISK", short: 0, full: 6)
            guard times > 0 else { return }
            guard let disk = try await FullDisk.mount() else {
                return FaultSettings.say("a full disk: this user may not mount a file system")
            }
            try await withCleanUp {
                for seed in FaultSettings.seeds(6000, rounds: 1) { try await disk.run(times: times, seed: seed) }
            } then: {
                await disk.unmount()
            }
        }
    }
}
