import EventLoops
import Leaderboard
import Logging
import NIOCore

/// The windows that are watched in this node, each once for all event loops. Not thread-safe; lives on the home loop.
///
/// For each window: subscribe to the feed, then read the top, then take the newer version from either side. The top is
/// read again when the feed is live again, when the window's period ends, and every few seconds to find versions that
/// the feed has lost.
final class WatchedWindows {
    private let home: any EventLoop
    private let settings: GatewaySettings
    private let feed: any TopFeed
    private let reads: ReadQueue
    private let boards: any BoardSource
    private let status: NodeStatus
    private let logger: Logger
    private(set) var windows: [BoardWindow: WatchedWindow] = [:]
    /// The loops with watchers of windows that do not exist (any more).
    private var orphans: [BoardWindow: Set<Int>] = [:]
    private(set) var loops: [LoopReference<LoopHub>] = []
    /// Reads that have to end before the watchers may be told `current`.
    private var awaited = AwaitedReads()
    private var feedWatch: FeedWatch?
    private var lastID: UInt64 = 0
    private var lastSequence: UInt64 = 0
    private var isStopped = false
    private var lingering = 0
    /// Windows that are followed without watchers. Stops them from costing more than those with watchers.
    private static let lingeringMax = 256

    init(
        home: any EventLoop, settings: GatewaySettings, boards: any BoardSource, feed: any TopFeed,
        reader: any LeaderboardReader, status: NodeStatus, logger: Logger
    ) {
        self.boards = boards
        self.home = home
        self.settings = settings
        self.feed = feed
        self.reads = ReadQueue(reader: reader, home: home)
        self.status = status
        self.logger = logger
    }

    /// Sets the loops to which `retain` refers by index.
    func serve(_ loops: [LoopReference<LoopHub>]) { self.loops = loops }

    /// Watches the feed until `stop`.
    func watchFeed(proof: (@Sendable () -> FeedProof)?, wallClock: @escaping @Sendable () -> Int64) {
        guard !isStopped, feedWatch == nil else { return }
        let watch = FeedWatch(
            home: home, feed: feed, proof: proof, wallClock: wallClock,
            patience: settings.feedPatience, metrics: status.metrics,
            readTops: { [unowned self] in readAgain() },
            announce: { [unowned self] notice in
                for loop in loops { loop.execute { $0.announce(notice) } }
            })
        feedWatch = watch
        watch.start()
    }

    // MARK: Watchers

    /// A loop has its first watcher of a window.
    func retain(_ followed: BoardWindow, loop: Int) {
        guard let watched = watched(followed) else {
            // The window is gone. Its watchers will leave, unless it comes back first.
            if !isStopped { orphans[followed, default: []].insert(loop) }
            return
        }
        keep(watched)
        watched.audience.insert(loop)
        if let publication = watched.publication {
            loops[loop].execute { $0.deliver(publication) }
        }
    }

    /// A loop has lost its last watcher of a window.
    func release(_ followed: BoardWindow, loop: Int) {
        orphans[followed]?.remove(loop)
        if orphans[followed]?.isEmpty == true { orphans[followed] = nil }
        guard let watched = windows[followed] else { return }
        watched.audience.remove(loop)
        if watched.isUnwatched { release(of: watched) }
    }

    /// Stops following all windows.
    func stop() {
        isStopped = true
        feedWatch?.stop()
        feedWatch = nil
        for watched in windows.values { remove(watched) }
        orphans = [:]
        loops = []
    }

    /// Boards have changed.
    func applyBoards() {
        for watched in windows.values {
            guard let (board, window) = try? boards.find(watched.followed) else {
                // Its watchers are being sent away. When the last one has left, the window is removed.
                if watched.isUnwatched { remove(watched) }
                continue
            }
            let previous = watched.board
            guard board != previous else { continue }
            if watched.take(board, window) {
                feed.unwatch(previous, window: watched.followed.window)
                watch(watched)
                readNow(watched)
            } else if board.windows != previous.windows {
                // The end of a season may have moved.
                readNow(watched)
            }
        }
        for (followed, loops) in orphans where boards.board(of: followed) != nil {
            orphans[followed] = nil
            for loop in loops { retain(followed, loop: loop) }
        }
    }

    /// Reads the top, which may be newer than what the feed has brought.
    private func readNow(_ watched: WatchedWindow) {
        watched.isResync = true
        carryOut(watched.plan.requestRead(), for: watched)
    }

    private func watched(_ followed: BoardWindow) -> WatchedWindow? {
        if let known = windows[followed] { return known }
        guard !isStopped, let (board, window) = try? boards.find(followed) else { return nil }
        lastID += 1
        let watched = WatchedWindow(
            id: lastID, followed: followed, board: board, window: window, settings: settings)
        windows[followed] = watched
        watch(watched)
        carryOut(watched.plan.requestRead(), for: watched)
        return watched
    }

    private func watch(_ watched: WatchedWindow) {
        let (bound, followed, id) = (NIOLoopBound(self, eventLoop: home), watched.followed, watched.id)
        feed.watch(watched.board, window: followed.window) { [home] event in
            home.execute { bound.value.take(event, of: followed, id: id) }
        }
    }

    /// The last watcher has left. The window is followed a little longer: clients come back and resume from the
    /// version that they have, and a client that comes back at once must not see an older one.
    private func release(of watched: WatchedWindow) {
        guard watched.removal == nil else { return }
        guard settings.linger > .zero, lingering < Self.lingeringMax, boards.board(of: watched.followed) != nil
        else { return remove(watched) }
        lingering += 1
        watched.removal = home.assumeIsolated().scheduleTask(in: TimeAmount(settings.linger)) {
            [weak self, weak watched] in
            guard let self, let watched else { return }
            remove(watched)
        }
    }

    private func keep(_ watched: WatchedWindow) {
        guard let removal = watched.removal else { return }
        removal.cancel()
        watched.removal = nil
        lingering -= 1
    }

    private func remove(_ watched: WatchedWindow) {
        keep(watched)
        watched.nextRead?.cancel()
        watched.planRollover(nil)
        windows[watched.followed] = nil
        feed.unwatch(watched.board, window: watched.followed.window)
        settle { $0.forget(watched.id) }
    }

    // MARK: After an outage

    /// Reads all tops again, and tells the feed's watch when that is done.
    func readAgain() {
        awaited = AwaitedReads()
        for watched in windows.values {
            // A read in progress may have begun too early, so only the next one counts.
            awaited.add(watched.id, ticket: watched.readTicket + 1)
            carryOut(watched.plan.requestReadAfterOutage(), for: watched)
        }
        if awaited.isEmpty { finishReadingAgain() }
    }

    private func settle(_ change: (inout AwaitedReads) -> Void) {
        guard !awaited.isEmpty else { return }
        change(&awaited)
        if awaited.isEmpty { finishReadingAgain() }
    }

    private func finishReadingAgain() {
        // Also the windows that wait for their interval, since `current` has to be true of them.
        for watched in windows.values { publish(watched) }
        feedWatch?.recordTopsRead()
    }

    // MARK: Feed and reads

    private func take(_ event: TopEvent, of followed: BoardWindow, id: UInt64) {
        guard let watched = windows[followed], watched.id == id else { return }
        switch event {
        case .changed(let top):
            if watched.tracker.take(changed: top) { recordChange(of: watched) }
        case .live:
            status.metrics.recordResync()
            readNow(watched)
        case .cut: break  // `Reception` handles that
        }
    }

    private func carryOut(_ action: ReadPlan.Action, for watched: WatchedWindow) {
        switch action {
        case .nothing: break
        case .read: read(watched)
        case .wait(let milliseconds):
            let isolated = home.assumeIsolated()
            watched.nextRead = isolated.scheduleTask(in: .milliseconds(milliseconds)) { [weak self, weak watched] in
                guard let self, let watched else { return }
                carryOut(watched.plan.requestRead(), for: watched)
            }
        }
    }

    private func read(_ watched: WatchedWindow) {
        watched.nextRead?.cancel()
        watched.nextRead = nil
        watched.readTicket += 1
        let (ticket, begun, isResync) = (watched.readTicket, watched.tracker.generation, watched.isResync)
        let (board, window) = (watched.board, watched.window)
        watched.isResync = false
        reads.top(of: board, window) { [weak self, weak watched] result in
            guard let self, let watched, watched.readTicket == ticket, windows[watched.followed] === watched else {
                return
            }
            switch result {
            case .success(let answer):
                // If the form of the board has changed since, another read follows.
                if !board.hasOtherForm(than: watched.board) {
                    take(answer, for: watched, begun: begun, isResync: isResync)
                }
                carryOut(watched.plan.recordSuccess(dice: .random(in: 0..<1)), for: watched)
                settle { $0.recordEnd(watched.id, ticket: ticket) }
            case .failure(let error):
                // Nothing changes in a closed partition, so the top that is known of it is current.
                if error.kind != .unavailable { settle { $0.recordEnd(watched.id, ticket: ticket) } }
                // The next read is for the same reason.
                if isResync { watched.isResync = true }
                recordFailure(error, for: watched)
            }
        }
    }

    private func take(_ answer: RankingAnswer, for watched: WatchedWindow, begun: Int, isResync: Bool) {
        if watched.plan.failureLasts {
            logger.info("leaderboard readable again", metadata: ["board": "\(watched.board.id)"])
        }
        if watched.tracker.take(read: answer.top, begunAt: begun) {
            if !isResync { status.metrics.recordCorrection() }
            recordChange(of: watched)
        }
        planRollover(of: watched, after: answer)
    }

    /// Reads the window again when its period ends. The read makes the rollover if nobody has (see
    /// `LeaderboardReader`), so watchers get the new period also if nobody scores.
    private func planRollover(of watched: WatchedWindow, after answer: RankingAnswer) {
        let wait = RolloverPlan.wait(for: answer.period, at: answer.at, dice: .random(in: 0..<1))
        let isolated = home.assumeIsolated()
        watched.planRollover(
            wait.map { wait in
                isolated.scheduleTask(in: .milliseconds(wait)) { [weak self, weak watched] in
                    guard let self, let watched else { return }
                    readNow(watched)
                }
            })
    }

    private func recordFailure(_ error: StoreError, for watched: WatchedWindow) {
        let next = watched.plan.recordFailure(dice: .random(in: 0..<1))
        // One warning for each outage, not for each try.
        let level: Logger.Level = watched.plan.failureCount == ReadPlan.lastingFailures ? .warning : .debug
        logger.log(
            level: level, "leaderboard not readable; will try again",
            metadata: ["board": "\(watched.board.id)", "error": "\(error.description)"])
        carryOut(next, for: watched)
    }

    // MARK: Publishing

    private func recordChange(of watched: WatchedWindow) {
        if let top = watched.tracker.current { watched.history.recordAnnounced(top) }
        switch watched.conflation.recordChange(at: Self.nanoseconds(home.now)) {
        case .nothing: break
        case .push: publish(watched)
        case .wait(let until):
            let isolated = home.assumeIsolated()
            isolated.scheduleTask(deadline: .uptimeNanoseconds(UInt64(until))) { [weak self, weak watched] in
                guard let self, let watched else { return }
                watched.conflation.endWait(at: Self.nanoseconds(home.now))
                publish(watched)
            }
        }
    }

    private func publish(_ watched: WatchedWindow) {
        guard let publication = watched.publish(sequence: lastSequence + 1) else { return }
        lastSequence = publication.sequence
        for loop in watched.audience where loop < loops.count {
            loops[loop].execute { $0.deliver(publication) }
        }
    }

    private static func nanoseconds(_ time: NIODeadline) -> Int64 { Int64(truncatingIfNeeded: time.uptimeNanoseconds) }
}
