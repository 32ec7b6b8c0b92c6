import Leaderboard

/// A stored award that is not settled yet: all that an update of the hub needs.
public struct Award: Sendable, Equatable {
    /// The id of its row.
    public let id: Int64
    /// What was given.
    public let draft: AwardDraft
    /// The number of its action id, from 1. The next action id is made only after it is known that this one did not
    /// count.
    public let attempt: Int
    /// The nonce of the action id.
    public let nonce: String
    /// The issue time of the action id, in ms since 1970.
    public let issuedAt: Int64
    /// How often a node has taken it so far.
    public let tries: Int

    /// Gathers the parts.
    public init(id: Int64, draft: AwardDraft, attempt: Int, nonce: String, issuedAt: Int64, tries: Int = 0) {
        self.id = id
        self.draft = draft
        self.attempt = attempt
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.tries = tries
    }

    /// The action of the update, which no catalogue has.
    public var action: String { ReservedAction.prefix + draft.kind }

    /// The signature of the action id. It is unique, since the nonce is random, and nobody else can make one: those of
    /// clients are 43 characters without a dot.
    public var signature: String { "award.\(id).\(attempt).\(nonce)" }

    /// Returns the update of the hub.
    ///
    /// - Parameter board: the board, as the catalogue has it now. The store may refuse an outdated one.
    /// - Returns: nil if no window of the board has a period at the issue time.
    public func update(on board: Board) -> ScoreUpdate? {
        let targets = UpdateTargets(of: board, issuedAt: issuedAt)
        guard !targets.targets.isEmpty else { return nil }
        return ScoreUpdate(
            targets: targets, userID: draft.userID, amount: draft.points, submittedScore: nil, action: action,
            nonce: nonce, signature: signature, issuedAt: issuedAt, isAward: true)
    }

    /// A new nonce: 128 random bits.
    public static func makeNonce() -> String {
        let alphabet = Array("0123456789abcdef")
        return String((0..<32).map { _ in alphabet[Int.random(in: 0..<16)] })
    }
}
