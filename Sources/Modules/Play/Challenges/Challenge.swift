import Leaderboard

/// A challenge: a task as a game, which whoever has its id may play.
package struct Challenge: Sendable, Equatable {
    /// See ``ChallengeID``.
    package let id: String
    /// The user who asked for it. Only the owner completes it.
    @ByteExact package private(set) var ownerID: String
    /// The task it was made of; nil if that was deleted.
    package let taskID: Int64?
    /// How hard it was to be.
    package let difficulty: ChallengeDifficulty
    /// How far it is.
    package let status: ChallengeStatus
    /// What it says; nil while it is generated.
    package let content: ChallengeContent?
    /// Who made it; nil while it is generated.
    package let origin: ChallengeOrigin?
    /// How many users have joined it, the owner among them.
    package let members: Int64
    /// In ms since 1970.
    package let createdAt: Int64
    /// In ms since 1970; nil while it is generated.
    package let readyAt: Int64?
    /// In ms since 1970; nil until it is completed.
    package let completedAt: Int64?

    /// Gathers the parts.
    package init(
        id: String, ownerID: String, taskID: Int64?, difficulty: ChallengeDifficulty, status: ChallengeStatus,
        content: ChallengeContent?, origin: ChallengeOrigin?, members: Int64, createdAt: Int64, readyAt: Int64?,
        completedAt: Int64?
    ) {
        self.id = id
        self.ownerID = ownerID
        self.taskID = taskID
        self.difficulty = difficulty
        self.status = status
        self.content = content
        self.origin = origin
        self.members = members
        self.createdAt = createdAt
        self.readyAt = readyAt
        self.completedAt = completedAt
    }

    /// Whether a user is the owner.
    package func isOwned(by userID: String) -> Bool { _ownerID == ByteExact(userID) }

    /// The most challenges of a user that are being generated. It stops one user from filling the queue.
    package static let generatingMax: Int64 = 20
    /// The most challenges of a user that are not completed.
    package static let uncompletedMax: Int64 = 1000
    /// The most members of a challenge. Each view counts them.
    package static let membersMax: Int64 = 10_000
}

/// A challenge as one user sees it.
package struct SeenChallenge: Sendable, Equatable {
    package let challenge: Challenge
    /// The user.
    @ByteExact package private(set) var userID: String
    /// The user's part in it; nil if the user has not joined.
    package let member: ChallengeMember?

    /// Gathers the parts.
    package init(challenge: Challenge, userID: String, member: ChallengeMember?) {
        self.challenge = challenge
        self.userID = userID
        self.member = member
    }
}

/// The part of a user in a challenge.
package struct ChallengeMember: Sendable, Equatable {
    /// 0 to 100.
    package let progress: Int
    /// A JSON value of the client; nil if there is none.
    package let state: String?
    /// How many hints the user has taken.
    package let hintsTaken: Int
    /// When the user joined, in µs since 1970.
    package let joinedAt: Int64

    /// Gathers the parts.
    package init(progress: Int, state: String?, hintsTaken: Int, joinedAt: Int64) {
        self.progress = progress
        self.state = state
        self.hintsTaken = hintsTaken
        self.joinedAt = joinedAt
    }
}
