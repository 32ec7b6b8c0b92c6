import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A node without file descriptors")
    struct NoDescriptors {
        @Test("waits instead of spinning, logs it, and accepts again later", .timeLimit(.minutes(1)))
        func pauses() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.apis.first)
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(node.pid)/fd").count
                try await Self.limit(node.pid, to: "\(open + 8)")
                var clients = try (0..<32).map { _ in try LoopbackSocket(port: node.port, timeout: .seconds(10)) }
                try await eventually("it says so") {
                    try String(contentsOfFile: node.logPath, encoding: .utf8).contains("could not be accepted")
                }
                let before = try NodeFacts.cpuSeconds(of: node.pid)
                try await Task.sleep(for: .seconds(2))
                // A node that spins uses all the CPU time that it gets.
                #expect(try NodeFacts.cpuSeconds(of: node.pid) - before < 0.5)
                #expect(node.isRunning && clients.count == 32)

                try await Self.limit(node.pid, to: "1024")
                clients = []
                try await eventually("it accepts") {
                    try await TinyHTTP.request(port: node.port, "/healthz").status == 200
                }
                #expect(try await node.metric("scorecast_http_accept_errors_total") > 0)
            }
        }

        /// Sets the soft limit of open files of a process.
        private static func limit(_ pid: Int32, to count: String) async throws {
            _ = try await ChildProcess.run(
                ChildProcess.Command("/usr/bin/prlimit", ["--pid", "\(pid)", "--nofile=\(count):"]), within: .seconds(5)
            )
        }
    }
}
