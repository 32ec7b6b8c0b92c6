import HTTPKit
import Metrics

/// Counts what became of requests to `/auth`.
struct AccountOutcomes: Sendable {
    private let reused = Counter(label: "scorecast_refresh_tokens_reused_total")

    /// Runs a request, and counts its outcome: `done`, or the code of the error.
    func count(_ request: String, _ body: () async throws -> Reply) async throws -> Reply {
        do {
            let reply = try await body()
            add(request, "done")
            return reply
        } catch {
            add(request, ((error as? APIError)?.code ?? .unavailable).rawValue)
            throw error
        }
    }

    /// A refresh token was used twice.
    func countReuse() { reused.increment() }

    private func add(_ request: String, _ outcome: String) {
        Counter(label: "scorecast_auth_total", dimensions: [("request", request), ("outcome", outcome)]).increment()
    }
}
