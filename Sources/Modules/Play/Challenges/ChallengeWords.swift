/// How hard a challenge is to be. The raw values are those of JSON and of the database.
package enum ChallengeDifficulty: String, Sendable, CaseIterable {
    case easy
    case medium
    case hard
}

/// How far a challenge is. Each one goes through them in this order.
package enum ChallengeStatus: String, Sendable, CaseIterable {
    /// Nobody can play it yet. To `ready`.
    case generating
    /// It can be played. To `completed`.
    case ready
    /// The owner has completed it. It stays, and others may go on.
    case completed
}

/// Who made a challenge.
package enum ChallengeOrigin: String, Sendable, CaseIterable {
    /// The AI service.
    case ai
    /// The generator by templates.
    case builtin
}
