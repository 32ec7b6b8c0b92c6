import Leaderboard

/// A challenge that a node generates.
package struct ChallengeWork: Sendable, Equatable {
    /// The challenge.
    package let id: String
    /// Its owner.
    @ByteExact package private(set) var ownerID: String
    package let difficulty: ChallengeDifficulty
    /// The task; nil if it was deleted.
    package let task: ChallengeTask?
    /// The preferences in the owner's profile: a JSON object.
    package let preferences: String

    /// Gathers the parts.
    package init(
        id: String, ownerID: String, difficulty: ChallengeDifficulty, task: ChallengeTask?, preferences: String
    ) {
        self.id = id
        self.ownerID = ownerID
        self.difficulty = difficulty
        self.task = task
        self.preferences = preferences
    }
}

/// What a task says to those who make a challenge of it.
package struct ChallengeTask: Sendable, Equatable {
    package let title: String
    package let description: String
    /// Nil if it has none.
    package let type: String?
    package let priority: Int64
    package let tags: [String]

    /// Gathers the parts.
    package init(title: String, description: String, type: String?, priority: Int64, tags: [String]) {
        self.title = title
        self.description = description
        self.type = type
        self.priority = priority
        self.tags = tags
    }

    /// The same with another type.
    func with(type: String?) -> ChallengeTask {
        ChallengeTask(title: title, description: description, type: type, priority: priority, tags: tags)
    }
}

/// A challenge that was made.
package struct GeneratedChallenge: Sendable, Equatable {
    package let content: ChallengeContent
    package let origin: ChallengeOrigin
    /// The type of the task, as the AI service understood it; nil if it was not asked.
    package let understoodType: String?

    /// Gathers the parts.
    package init(content: ChallengeContent, origin: ChallengeOrigin, understoodType: String? = nil) {
        self.content = content
        self.origin = origin
        self.understoodType = understoodType
    }
}

/// The challenges that wait to be generated. The table is the queue.
package protocol ChallengeQueue: Sendable {
    /// Takes challenges that nobody works on, the oldest first. Nobody else takes them until the lease ends, so one
    /// whose node dies is made by another node.
    func claim(limit: Int, lease: Duration) async throws(StoreError) -> [ChallengeWork]
    /// Stores what was made, the type of the task if it has none, and a notification for the owner, all in one
    /// transaction.
    ///
    /// - Returns: the challenge as its owner sees it; nil if somebody else was faster, or if it is gone.
    func finish(_ work: ChallengeWork, _ made: GeneratedChallenge) async throws(StoreError) -> SeenChallenge?
    /// Lets others take a challenge at once.
    func release(_ id: String) async throws(StoreError)
}

/// The AI service, as generation sees it.
package protocol ChallengeAI: Sendable {
    /// The type of a task that has none.
    func type(of task: ChallengeTask) async throws(ChallengeAIFailure) -> String
    /// A challenge that keeps the limits of ``ChallengeContent``.
    func challenge(
        of task: ChallengeTask, preferences: String, difficulty: ChallengeDifficulty
    ) async throws(ChallengeAIFailure) -> ChallengeContent
}

/// The AI service gave nothing that can be used.
package struct ChallengeAIFailure: Error, Sendable, Equatable {
    /// Whether another question would fare the same now.
    package let isAway: Bool

    /// - Parameter isAway: whether another question would fare the same now.
    package init(isAway: Bool) { self.isAway = isAway }
}
