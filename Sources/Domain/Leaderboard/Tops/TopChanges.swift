/// The changes from one top to a later one of the same period, in the form that follows from the board's ties.
public enum TopChanges: Hashable, Sendable {
    /// Steps in a list, for boards on which every rank is a place in the list.
    case steps([TopChange])
    /// Changes by user, for boards with shared ranks.
    case users([UserChange])

    /// Compares two tops.
    ///
    /// Fails if changes cannot express the difference: if a user appears twice, or if ranks are not places although
    /// the board does not share them.
    public init?(
        from old: some Collection<LeaderboardEntry>, to new: some Collection<LeaderboardEntry>, ties: BoardRules.Ties
    ) {
        switch ties {
        case .first, .last:
            guard let steps = TopChange.steps(from: old, to: new) else { return nil }
            self = .steps(steps)
        case .shared, .dense:
            guard let changes = UserChange.changes(from: old, to: new) else { return nil }
            self = .users(changes)
        }
    }

    /// The number of changes.
    public var count: Int {
        switch self {
        case .steps(let steps): steps.count
        case .users(let changes): changes.count
        }
    }
}
