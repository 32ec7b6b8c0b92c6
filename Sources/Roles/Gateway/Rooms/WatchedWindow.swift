import Leaderboard
import NIOCore

/// The state of one watched window: its top, its reads, and the loops with watchers. Lives on the home loop, in
/// `WatchedWindows`.
final class WatchedWindow {
    let id: UInt64
    let followed: BoardWindow
    /// The board and the window when they were last looked up.
    private(set) var board: Board
    private(set) var window: Window
    /// The event loops with watchers, by index.
    var audience: Set<Int> = []

    var tracker = TopTracker()
    var plan: ReadPlan
    var conflation: Conflation
    private(set) var publication: Publication?
    /// Versions that clients may still have.
    var history: TopHistory
    /// The number of epochs that were pushed.
    private var epochNumber: UInt32 = 0
    /// Counts the periods that were pushed, and the changes of the board's form.
    private var periodNumber: UInt32 = 0
    /// The number of the current read. Results of earlier reads are ignored.
    var readTicket: UInt64 = 0
    /// The next read, if one is planned.
    var nextRead: Scheduled<Void>?
    /// The read at the end of the current period, if that has one.
    private var rollover: Scheduled<Void>?
    /// Whether a newer top is expected from the current read, which follows `.live`, or the end of a period. Then it is
    /// not counted as a correction.
    var isResync = true
    /// The end of the window, while it has no watchers.
    var removal: Scheduled<Void>?
    private let settings: GatewaySettings

    init(id: UInt64, followed: BoardWindow, board: Board, window: Window, settings: GatewaySettings) {
        self.id = id
        self.followed = followed
        self.board = board
        self.window = window
        self.settings = settings
        plan = ReadPlan(comparison: settings.comparison)
        conflation = Conflation(interval: settings.fanoutInterval)
        history = TopHistory(versionsMax: settings.historyVersionsMax)
    }

    var isUnwatched: Bool { audience.isEmpty }

    /// The current top as a publication; nil if it is published already, or not known.
    ///
    /// - Parameter sequence: the number for it.
    func publish(sequence: UInt64) -> Publication? {
        guard let top = tracker.current else { return nil }
        if let last = publication?.top {
            guard last.epoch != top.epoch || last.version != top.version else { return nil }
            if last.epoch != top.epoch { epochNumber &+= 1 }
        }
        if publication?.top.period != top.period { periodNumber &+= 1 }
        history.recordPushed(top)
        let next = Publication(
            sequence: sequence, epochNumber: epochNumber, periodNumber: periodNumber, followed: followed,
            ties: board.rules.ties, top: top, history: history)
        publication = next
        return next
    }

    /// The board has changed.
    ///
    /// - Returns: whether the window has to be watched and read again.
    func take(_ board: Board, _ window: Window) -> Bool {
        var previous = self.board
        self.board = board
        self.window = window
        let isMoved = board.group != previous.group
        previous.group = board.group
        guard previous.hasOtherForm(than: board) else { return isMoved }
        // The known tops follow other rules, so no later top can be compared with them.
        publication = nil
        tracker = TopTracker()
        history = TopHistory(versionsMax: settings.historyVersionsMax)
        planRollover(nil)
        return true
    }

    /// Replaces the read at the end of the current period.
    func planRollover(_ next: Scheduled<Void>?) {
        rollover?.cancel()
        rollover = next
    }
}
