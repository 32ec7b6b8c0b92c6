import Leaderboard

/// A connection that gets its own rank in a window.
final class RankSeat {
    let live: LiveSession
    let window: BoardWindow
    var watch: RankWatch
    /// Whether the connection follows it no more.
    var hasLeft = false
    /// Whether the rank is being read.
    var isReading = false

    init(_ live: LiveSession, window: BoardWindow) {
        self.live = live
        self.window = window
        watch = RankWatch(userID: live.userID)
    }
}
