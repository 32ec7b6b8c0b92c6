import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import NIOHTTP1
import Signing
import StrictJSON

/// `POST /challenges/{id}/complete`.
package struct ChallengeCompletionRoute: PlayRoutes {
    private let completions: any ChallengeCompletions
    private let completion: Completion
    private let idempotency: Idempotency?
    private let gate: StoreGate
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - completions: the store.
    ///   - completion: finishes a stored completion.
    ///   - idempotency: takes `Idempotency-Key`.
    ///   - logger: is told when the store cannot be reached.
    ///   - now: in ms since 1970.
    package init(
        completions: any ChallengeCompletions, completion: Completion, idempotency: Idempotency?, logger: Logger,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.completions = completions
        self.completion = completion
        self.idempotency = idempotency
        gate = StoreGate("Completions of challenges", logger: logger)
        self.now = now
    }

    /// Adds the route.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.post, "/challenges/{id}/complete", .users(.playWrite), idempotency: idempotency) {
            try await complete($0)
        }
    }

    private func complete(_ request: RouteRequest) async throws -> Reply {
        let (id, user) = try ChallengeRoutes.challenge(of: request)
        let stored = try await gate.run { () throws(StoreError) in
            try await completions.complete(id, as: user, now: now())
        }
        let seen: SeenChallenge
        let record: CompletionRecord
        switch stored {
        case .completed(let challenge, let earned): (seen, record) = (challenge, earned)
        case .unknown: throw APIError(.unknownChallenge)
        case .notOwner: throw APIError(.forbidden, message: "Only the owner can complete a challenge.")
        case .generating: throw APIError(.challengeNotReady)
        }
        let answer = try await completion.answer(to: record) { json in
            json.key("challenge")
            ChallengeJSON.write(seen, .summary, to: &json)
        } keeping: { outcome in
            try await gate.run { () throws(StoreError) in try await completions.keep(outcome, of: id) }
        }
        return Reply(status: .ok, body: ByteBuffer(string: answer))
    }
}
