import Leaderboard
import Players

/// Stored challenges and their members.
package protocol ChallengeStore: Sendable {
    /// Adds a challenge to be generated, and makes its owner a member.
    func add(_ draft: ChallengeDraft) async throws(StoreError) -> ChallengeAddition
    /// A challenge as a user sees it; nil if there is none.
    func challenge(_ id: String, for userID: String) async throws(StoreError) -> SeenChallenge?
    /// The challenges of a user, own and joined, the ones joined last first.
    func challenges(_ search: ChallengeSearch) async throws(StoreError) -> [SeenChallenge]
    /// Makes a user a member. Joining twice is the same as once.
    func join(_ id: String, as userID: String) async throws(StoreError) -> ChallengeActOutcome
    /// Stores progress, unless there is progress of the same user with the same stamp or a later one. Sending
    /// progress joins the challenge.
    ///
    /// - Returns: with `done`, whether it was stored.
    func update(_ progress: RoomProgress, in id: String) async throws(StoreError) -> ChallengeActOutcome
    /// The progress of the members who sent some last.
    func latest(in id: String, limit: Int) async throws(StoreError) -> [RoomProgress]
    /// Gives a user the next hint and takes its cost from the wallet, both or nothing. Taking a hint joins the
    /// challenge.
    func takeHint(of id: String, as userID: String) async throws(StoreError) -> HintOutcome
}

/// A challenge to be generated.
package struct ChallengeDraft: Sendable, Equatable {
    /// See ``ChallengeID``.
    package let id: String
    /// The owner.
    @ByteExact package private(set) var ownerID: String
    /// A task of the owner.
    package let taskID: Int64
    package let difficulty: ChallengeDifficulty

    /// Gathers the parts.
    package init(id: String, ownerID: String, taskID: Int64, difficulty: ChallengeDifficulty) {
        self.id = id
        self.ownerID = ownerID
        self.taskID = taskID
        self.difficulty = difficulty
    }
}

/// How the addition of a challenge went.
package enum ChallengeAddition: Sendable, Equatable {
    /// It is there, and is generated.
    case added
    /// The owner has no such task.
    case unknownTask
    /// The task is done or archived.
    case taskClosed
    /// The user has as many as a user may have.
    case tooMany
}

/// How an act of a member went.
package enum ChallengeActOutcome: Sendable, Equatable {
    /// It is done. Whether that changed something.
    case done(isNew: Bool)
    /// There is no such challenge.
    case unknown
    /// It is still being generated.
    case generating
    /// It has as many members as it may have.
    case tooMany
}

/// How the taking of a hint went.
package enum HintOutcome: Sendable, Equatable {
    case taken(TakenHint)
    /// There are no more.
    case noMore
    /// The wallet has less than it costs. Nothing was changed.
    case insufficientFunds
    /// It could not be taken for one of the reasons that others have, too.
    case refused(ChallengeActOutcome)
}

/// Which challenges of a user a list asks for.
package struct ChallengeSearch: Sendable, Equatable {
    /// The user.
    @ByteExact package private(set) var userID: String
    /// Those with this status; nil for all.
    package let status: ChallengeStatus?
    /// The last one of the page before: when the user joined it, in µs since 1970, and its id. Nil for the first page.
    package let after: Place?
    /// The most challenges.
    package let limit: Int

    /// A place in the list.
    package struct Place: Sendable, Equatable {
        package let joinedAt: Int64
        package let id: String

        /// Gathers the parts.
        package init(joinedAt: Int64, id: String) {
            self.joinedAt = joinedAt
            self.id = id
        }
    }

    /// Gathers the parts.
    package init(userID: String, status: ChallengeStatus? = nil, after: Place? = nil, limit: Int) {
        self.userID = userID
        self.status = status
        self.after = after
        self.limit = limit
    }
}
