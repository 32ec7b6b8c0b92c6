import Hummingbird
import Leaderboard
import Listener
import NIOCore
import StrictJSON

/// `/healthz`, `/readyz` and `/metrics`: what every node tells of itself.
struct Health: Sendable {
    /// A reason why a part of the node cannot do its job now; nil when it can.
    typealias Check = @Sendable () async -> String?

    let checks: [(part: String, check: Check)]
    let metrics: PrometheusMetrics

    /// How long the checks may take together, before the slow ones count as failed.
    private static let timeout = Duration.seconds(1)

    func addRoutes(to router: Router<some RequestContext>) {
        router.get("/healthz") { _, _ in json(.ok) { $0.member("status", "ok") } }
        router.get("/readyz") { _, _ in
            let reasons = await reasons()
            return json(reasons.isEmpty ? .ok : .serviceUnavailable) { json in
                json.member("status", reasons.isEmpty ? "ready" : "not_ready")
                guard !reasons.isEmpty else { return }
                json.key("reasons")
                json.beginArray()
                for reason in reasons { json.string(reason) }
                json.endArray()
            }
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusMetrics.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.render())))
        }
        for path: RouterPath in ["/healthz", "/readyz", "/metrics"] {
            router.refuseOtherMethods(on: path, allowed: [.get])
        }
    }

    /// What does not work, asked now, all parts at once.
    func reasons() async -> [String] {
        await withTaskGroup(of: String?.self) { group in
            for (part, check) in checks {
                group.addTask { await Self.bounded(check).map { "\(part): \($0)" } }
            }
            return await group.reduce(into: []) { if let reason = $1 { $0.append(reason) } }.sorted()
        }
    }

    private static func bounded(_ check: @escaping Check) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await check() }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return Task.isCancelled ? nil : "gives no answer"
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func json(_ status: HTTPResponse.Status, _ members: (inout JSONWriter<ByteBuffer>) -> Void) -> Response {
        var body = ByteBuffer()
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            members(&json)
            json.endObject()
        }
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }
}
