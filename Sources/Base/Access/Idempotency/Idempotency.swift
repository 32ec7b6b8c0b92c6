import Basics
import HTTPKit
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import Reporting
import Signing

/// Makes routes safe to repeat: of several requests of one user with the same `Idempotency-Key`, one runs, and the
/// others get its answer.
///
/// An answer is kept for 24 hours, unless it says that the same request may be tried again: a status of 500 or more, or
/// 429. The route runs only if the request may use it, so a refusal is never kept.
package struct Idempotency: Sendable {
    private let store: any IdempotencyStore
    private let trouble: TroubleLog
    private let bodyBytesMax: Int

    /// Tries to keep an answer. If all fail, the same request runs again once the lock has ended.
    private static let triesMax = 3
    private static let backoff = Backoff(base: .milliseconds(50), cap: .milliseconds(500), jitter: .equal)

    /// - Parameters:
    ///   - store: where the answers are kept.
    ///   - bodyBytesMax: longer bodies are refused if the request has a key. Routes may have a lower limit.
    ///   - logger: is told when answers cannot be kept.
    package init(store: any IdempotencyStore, bodyBytesMax: Int = 256 * 1024, logger: Logger) {
        self.store = store
        self.bodyBytesMax = bodyBytesMax
        trouble = TroubleLog(
            warning: "Answers to requests with an Idempotency-Key cannot be kept",
            notice: "Answers to requests with an Idempotency-Key are kept again", logger: logger)
    }

    /// The answer to a request: of the route, or the one that is kept.
    func answer(_ request: RouteRequest, _ handler: RouteTable.Handler) async throws -> Reply {
        guard let key = try Self.key(of: request) else { return try await handler(request) }
        // The media type is not a part of the fingerprint, so a refusal of it must not be kept.
        let body = try await request.jsonIfAny(upTo: bodyBytesMax)
        let known = IdempotentRequest(
            user: try request.bearer().subject, key: key, method: request.method.rawValue, uri: request.uri,
            body: body.readableBytesView)
        switch try await store.begin(known) {
        case .reused: throw APIError(.idempotencyKeyReused)
        case .inProgress: throw APIError(.idempotencyInProgress)
        case .answered(let answer):
            return Reply(
                status: HTTPResponseStatus(statusCode: answer.status), body: ByteBuffer(bytes: answer.body),
                fields: [("Idempotent-Replayed", "true")])
        case .begun(let lock):
            let reply = await Self.reply(to: request.with(body: body), handler)
            // The client may be gone, and its task cancelled. The answer is kept all the same.
            await Task { await settle(reply, known, lock) }.value
            return reply
        }
    }

    private static func key(of request: RouteRequest) throws -> IdempotencyKey? {
        do throws(FieldProblem) {
            return try IdempotencyKey(
                request.values(of: IdempotencyKey.field).map { String($0.withoutTrailingSpace) })
        } catch {
            throw APIError.invalidInput([error])
        }
    }

    private static func reply(to request: RouteRequest, _ handler: RouteTable.Handler) async -> Reply {
        do {
            return try await handler(request)
        } catch let error as APIError {
            return error.reply
        } catch {
            return APIError.unavailable.reply
        }
    }

    private func settle(_ reply: Reply, _ request: IdempotentRequest, _ lock: Int64) async {
        let answer = IdempotentAnswer(status: Int(reply.status.code), body: Array(reply.body.readableBytesView))
        let mayRunAgain = answer.status >= 500 || answer.status == 429
        for failures in 1...Self.triesMax {
            do {
                if mayRunAgain {
                    try await store.forget(request, lock: lock)
                } else {
                    try await store.keep(answer, to: request, lock: lock)
                }
                return trouble.recordSuccess()
            } catch {
                trouble.recordFailure("\(error)")
                guard failures < Self.triesMax else { return }
                try? await Task.sleep(for: Self.backoff.wait(failures: failures))
            }
        }
    }
}
