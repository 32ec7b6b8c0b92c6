import Access
import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import Telemetry

/// The routes `/healthz`, `/readyz` and `/metrics`, with which every node reports its state.
struct Health: Sendable {
    /// The clients of a listener.
    enum Audience {
        /// Operators, who may see everything.
        case operators
        /// Everyone, if operators have their own listener. They see only whether the node is alive and ready.
        case everybody
    }

    /// Returns a reason why a part of the node cannot do its job now, or nil if it can.
    typealias Check = @Sendable () async -> String?

    let checks: [(part: String, check: Check)]
    let metrics: PrometheusMetrics

    /// How long all checks together may take. Slower ones count as failed.
    private static let timeout = Duration.seconds(1)

    /// The paths of the routes. Other spellings of them are not answered: a proxy that hides these routes from others
    /// may know only this spelling.
    static let paths = ["/healthz", "/readyz", "/metrics"]

    /// Adds the routes. On a listener for everyone, `/metrics` is left out.
    func addRoutes(to table: inout RouteTable, for audience: Audience) {
        table.stream(.get, "/healthz", .everybody) { request in
            try Self.requirePath("/healthz", request)
            return json(.ok) { $0.member("status", "ok") }
        }
        table.stream(.get, "/readyz", .everybody) { request in
            try Self.requirePath("/readyz", request)
            let reasons = await reasons()
            return json(reasons.isEmpty ? .ok : .serviceUnavailable) { json in
                json.member("status", reasons.isEmpty ? "ready" : "not_ready")
                guard !reasons.isEmpty, audience == .operators else { return }
                json.key("reasons")
                json.beginArray()
                for reason in reasons { json.string(reason) }
                json.endArray()
            }
        }
        guard audience == .operators else { return }
        table.stream(.get, "/metrics", .everybody) { request in
            try Self.requirePath("/metrics", request)
            return Response(
                status: .ok, headers: [.contentType: PrometheusMetrics.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.render())))
        }
    }

    /// Refuses other spellings: the router ignores empty segments of a path, such as the one after a trailing slash.
    private static func requirePath(_ path: String, _ request: RouteRequest) throws(APIError) {
        guard request.path == path else { throw APIError(.notFound) }
    }

    /// Returns the current reasons why parts of the node do not work. All checks run at the same time.
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
            status: status, headers: [.contentType: SharedFields.json.value, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }
}
