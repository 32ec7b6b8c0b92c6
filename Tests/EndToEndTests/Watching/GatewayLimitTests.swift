import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A gateway's limits")
    struct GatewayLimits {
        @Test(
            "settings reach the gateway, its metrics count refusals, and a first start logs no warning",
            .timeLimit(.minutes(1)))
        func settings() async throws {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 1
            plan.persisters = 1
            plan.environment["SCORECAST_GATEWAY_ADDRESS_CONNECTIONS"] = "2"
            plan.environment["SCORECAST_GATEWAY_CONNECTION_MESSAGES"] = "3"
            try await Cluster.run(plan) { cluster in
                let gateway = try #require(cluster.gateways.first)
                let watcher = try await WatchingClient.open(port: gateway.port)
                let talker = try await onThread {
                    try WebSocketConnection(port: gateway.port, "/ws/scoreboard", patience: .seconds(10))
                }
                let refused = await #expect(throws: WebSocketConnection.Failure.self) {
                    try await WatchingClient.open(port: gateway.port)
                }
                guard case .refused(let status, let body) = refused else {
                    Issue.record("\(String(describing: refused))")
                    return
                }
                #expect(status == 429 && body.contains("rate_limited"))
                // Whichever second they fall in, more than three of these frames fall into one second. The last ones
                // may find the connection closed.
                for _ in 0..<60 { try? talker.send(opcode: 10, []) }
                let page = try await eventuallyMetrics(gateway.port, #"connections_ended_total{reason="frame_rate"} 1"#)
                #expect(page.contains(#"scorecast_gateway_upgrades_refused_total{reason="address"} 1"#))
                #expect(page.contains("# HELP scorecast_gateway_connections_ended_total "))
                watcher.stop()

                let log = try String(contentsOfFile: gateway.logPath, encoding: .utf8)
                #expect(!log.contains("not readable"), "\(log)")
            }
        }

        /// Returns the page of metrics when it contains a text.
        private func eventuallyMetrics(_ port: Int, _ text: String) async throws -> String {
            var page = ""
            try await eventually("the metrics have \(text)") {
                page = try await TinyHTTP.request(port: port, "/metrics").text
                return page.contains(text)
            }
            return page
        }
    }
}
