import NIOConcurrencyHelpers

/// Collects the replies of one pipeline, and delivers them when the last one is in. The first failure fails the whole.
final class PipelineReplies: Sendable {
    private struct Guarded {
        var replies: [RESPValue] = []
        var missing: Int
        var failure: RedisError?
    }

    private let guarded: NIOLockedValueBox<Guarded>
    private let completion: @Sendable (Result<[RESPValue], RedisError>) -> Void

    init(count: Int, completion: @escaping @Sendable (Result<[RESPValue], RedisError>) -> Void) {
        guarded = NIOLockedValueBox(Guarded(missing: count))
        self.completion = completion
    }

    func add(_ result: Result<RESPValue, RedisError>) {
        let outcome: Result<[RESPValue], RedisError>? = guarded.withLockedValue { guarded in
            guarded.missing -= 1
            switch result {
            case .success(let reply): guarded.replies.append(reply)
            case .failure(let error):
                // If some were executed, the whole is uncertain.
                let isPartial = !guarded.replies.isEmpty && !error.isOutcomeUnknown
                guarded.failure =
                    guarded.failure
                    ?? (isPartial ? RedisError(.unknownOutcome, "a pipeline was cut off", underlying: error) : error)
            }
            guard guarded.missing == 0 else { return nil }
            return guarded.failure.map { .failure($0) } ?? .success(guarded.replies)
        }
        if let outcome { completion(outcome) }
    }
}
