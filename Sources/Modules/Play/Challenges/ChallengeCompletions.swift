import Leaderboard

/// The stored completions of challenges.
package protocol ChallengeCompletions: Sendable {
    /// Completes a challenge of a user, once: marks it, and stores what it earns, all in one transaction.
    ///
    /// - Parameter now: in ms since 1970, for the award.
    func complete(_ id: String, as userID: String, now: Int64) async throws(StoreError) -> ChallengeCompletion
    /// Keeps the final answer of a completion, unless there is one.
    ///
    /// - Returns: the one that is kept; nil if the challenge is gone.
    func keep(_ outcome: String, of id: String) async throws(StoreError) -> String?
}

/// How the completion of a challenge went.
package enum ChallengeCompletion: Sendable, Equatable {
    /// It is completed, now or before.
    case completed(SeenChallenge, CompletionRecord)
    /// There is no such challenge.
    case unknown
    /// It belongs to somebody else.
    case notOwner
    /// It is still being generated.
    case generating
}
