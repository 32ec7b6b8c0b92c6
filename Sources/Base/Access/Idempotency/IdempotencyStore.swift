/// Where the answers to requests with an `Idempotency-Key` are kept, for all nodes.
package protocol IdempotencyStore: Sendable {
    /// Begins a request, or says that it was sent before. Of several calls at the same time with one key, one alone
    /// gets `begun`.
    func begin(_ request: IdempotentRequest) async throws -> IdempotencyStanding
    /// Keeps the answer to a request that was begun, if its lock still holds.
    func keep(_ answer: IdempotentAnswer, to request: IdempotentRequest, lock: Int64) async throws
    /// Forgets a request that was begun, if its lock still holds: the same request may run again.
    func forget(_ request: IdempotentRequest, lock: Int64) async throws
}
