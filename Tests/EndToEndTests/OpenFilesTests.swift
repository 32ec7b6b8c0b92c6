import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A node without file descriptors")
    struct NoDescriptors {
        @Test("waits instead of spinning, says so, and accepts again when there are some", .timeLimit(.minutes(1)))
        func pauses() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.apis.first)
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(node.pid)/fd").count
                try await Self.limit(node.pid, to: "\(open + 8)")
                var clients = try (0..<32).map { _ in try Self.connect(port: node.port) }
                defer { for client in clients { close(client) } }
                try await eventually("it says so") {
                    try String(contentsOfFile: node.logPath, encoding: .utf8).contains("could not be accepted")
                }
                let before = try NodeFacts.cpuSeconds(of: node.pid)
                try await Task.sleep(for: .seconds(2))
                // One that spins takes all that it gets.
                #expect(try NodeFacts.cpuSeconds(of: node.pid) - before < 0.5)
                #expect(node.isRunning)

                try await Self.limit(node.pid, to: "1024")
                for client in clients { close(client) }
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

        /// A connection that says nothing.
        private static func connect(port: Int) throws -> Int32 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Foundation.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(result == 0)
            return client
        }
    }
}
