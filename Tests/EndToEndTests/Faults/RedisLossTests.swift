import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Redis loses data")
    struct RedisLoss {
        /// What Redis loses.
        enum Loss: CaseIterable, Sendable {
            /// All of it, while it runs.
            case everything
            /// The end of its append-only file, in a crash.
            case endOfFile
        }

        /// The clients send what was not answered again. So each update counts once, whatever Redis had.
        @Test(
            "with SCORECAST_ACK=persisted nothing that was answered is lost, and all goes on without a command",
            .timeLimit(.minutes(4)), arguments: Loss.allCases)
        func persistedLosesNothing(_ loss: Loss) async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways) = (2, 0)
            plan.environment["SCORECAST_ACK"] = "persisted"
            try await Cluster.run(plan) { cluster in
                let oracle = Oracle()
                var traffic = Traffic(cluster, oracle: oracle)
                traffic.tolerance = [.unavailable]
                (traffic.users, traffic.replayPercent) = (40, 20)
                try await traffic.run {
                    for _ in 0..<(EndToEnd.isFull ? 10 : 2) {
                        let before = oracle.count
                        try await eventually("updates are answered", timeout: .seconds(30)) {
                            oracle.count > before + 50
                        }
                        switch loss {
                        case .everything: _ = try await cluster.probe.command("FLUSHALL")
                        case .endOfFile: try await Self.crash(cluster)
                        }
                    }
                    let before = oracle.count
                    try await eventually("updates are answered again", timeout: .seconds(30)) {
                        oracle.count > before + 50
                    }
                }
                try await cluster.expectExactly(oracle)
                let audit = try await ScorecastProcess.run(["audit"], environment: cluster.environment)
                #expect(audit.code == 0, "\(audit.output)\(audit.errors)")
            }
        }

        /// Kills Redis, cuts up to 4 KiB off its append-only file, and starts it again.
        private static func crash(_ cluster: Cluster) async throws {
            let folder = try #require(try await cluster.probe.command("CONFIG", "GET", "dir").texts.last)
            await cluster.redis.kill()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/appendonlydir")
            let name = try #require(files.filter { $0.hasSuffix(".incr.aof") }.max())
            let file = try #require(FileHandle(forUpdatingAtPath: "\(folder)/appendonlydir/\(name)"))
            let size = try file.seekToEnd()
            try file.truncate(atOffset: size - .random(in: 0...min(size, 4096)))
            try file.close()
            try await cluster.redis.restart()
        }
    }
}
