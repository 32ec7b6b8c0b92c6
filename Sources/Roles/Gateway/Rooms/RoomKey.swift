import Leaderboard

/// What a client follows: a ranking, how much of its top, and how it is told.
///
/// The board is named and not held: it can change while a client watches, so it is looked up whenever it matters.
package struct RoomKey: Hashable, Sendable {
    /// The ranking.
    package var ranking: Ranking
    /// Entries at the head, 1 to 100. No more than the board's `top` can be watched.
    package var limit: Int
    /// How changes are told.
    package var mode: PushMode

    /// Names a room.
    package init(ranking: Ranking, limit: Int, mode: PushMode) {
        self.ranking = ranking
        self.limit = limit
        self.mode = mode
    }
}
