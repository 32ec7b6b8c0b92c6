import HTTPKit
import NIOHTTP1

extension AuditLog {
    /// Runs an act of a request's bearer, and records how it ended.
    ///
    /// A request that is at fault changes nothing, and is not recorded. An act that fails for another reason may have
    /// happened.
    ///
    /// - Parameters:
    ///   - act: the thing and a verb, such as `board.reset`.
    ///   - subject: whom or what it is done to.
    ///   - detail: further facts. No secrets.
    package func recording(
        _ act: String, of subject: String?, _ request: RouteRequest, detail: [String: String] = [:],
        _ body: () async throws -> Reply
    ) async throws -> Reply {
        do {
            let reply = try await body()
            record(request.auditEntry(act, of: subject, detail: detail))
            return reply
        } catch {
            if let error = error as? APIError, error.code.status.code < 500 { throw error }
            record(request.auditEntry(act, of: subject, outcome: .failed, detail: detail))
            throw error
        }
    }
}
