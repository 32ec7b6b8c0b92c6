import Leaderboard

/// The room that a client follows: the window, how many of its entries, and how changes are sent.
///
/// The key names the board and does not hold it. The board can change while a client watches, so it is looked up
/// whenever it matters.
package struct RoomKey: Hashable, Sendable {
    /// The window of a board, through all of its periods.
    package var followed: BoardWindow
    /// Entries at the head, 1 to 100. At most the board's `top` can be watched.
    package var limit: Int
    /// How changes are sent.
    package var mode: PushMode

    /// Names a room.
    package init(followed: BoardWindow, limit: Int, mode: PushMode) {
        self.followed = followed
        self.limit = limit
        self.mode = mode
    }
}
