import Leaderboard

/// The room that a client follows: the ranking, how many of its entries, and how changes are sent.
///
/// The key names the board and does not hold it. The board can change while a client watches, so it is looked up
/// whenever it matters.
package struct RoomKey: Hashable, Sendable {
    /// The ranking.
    package var ranking: Ranking
    /// Entries at the head, 1 to 100. At most the board's `top` can be watched.
    package var limit: Int
    /// How changes are sent.
    package var mode: PushMode

    /// Names a room.
    package init(ranking: Ranking, limit: Int, mode: PushMode) {
        self.ranking = ranking
        self.limit = limit
        self.mode = mode
    }
}
