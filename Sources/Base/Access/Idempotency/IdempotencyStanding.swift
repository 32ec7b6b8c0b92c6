/// The store's answer to a request with an `Idempotency-Key`.
package enum IdempotencyStanding: Sendable, Equatable {
    /// It is the first one. The lock ends by itself if the node dies.
    case begun(lock: Int64)
    /// It was answered before.
    case answered(IdempotentAnswer)
    /// The first one still runs.
    case inProgress
    /// The key belongs to another request.
    case reused
}
