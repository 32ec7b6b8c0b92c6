import EventLoops
import Leaderboard
import Logging
import NIOCore

/// The rankings that are watched in this node, each once for all event loops. Not thread-safe; lives on the home loop.
///
/// For each ranking: subscribe to the feed, then read the top, then take the newer version from either side. The top is
/// read again when the feed is live again, and every few seconds to find versions that the feed has lost.
final class WatchedRankings {
    private let home: any EventLoop
    private let settings: GatewaySettings
    private let feed: any TopFeed
    private let reads: ReadQueue
    private let boards: any BoardSource
    private let status: NodeStatus
    private let logger: Logger
    private(set) var rankings: [Ranking: WatchedRanking] = [:]
    /// The loops with watchers of rankings whose boards do not exist.
    private var homeless: [Ranking: Set<Int>] = [:]
    private(set) var loops: [LoopReference<LoopHub>] = []
    /// Reads that have to end before the watchers may be told `current`.
    private var awaited = AwaitedReads()
    private var feedWatch: FeedWatch?
    private var lastID: UInt64 = 0
    private var lastSequence: UInt64 = 0
    private var isStopped = false
    private var lingering = 0
    /// Rankings that are followed without watchers. Stops them from costing more than those with watchers.
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

    /// A loop has its first watcher of a ranking.
    func retain(_ ranking: Ranking, loop: Int) {
        guard let watched = watched(ranking) else {
            // The board is gone. Its watchers will leave, unless it comes back first.
            if !isStopped { homeless[ranking, default: []].insert(loop) }
            return
        }
        keep(watched)
        watched.audience.insert(loop)
        if let publication = watched.publication {
            loops[loop].execute { $0.deliver(publication) }
        }
    }

    /// A loop has lost its last watcher of a ranking.
    func release(_ ranking: Ranking, loop: Int) {
        homeless[ranking]?.remove(loop)
        if homeless[ranking]?.isEmpty == true { homeless[ranking] = nil }
        guard let watched = rankings[ranking] else { return }
        watched.audience.remove(loop)
        if watched.isUnwatched { release(of: watched) }
    }

    /// Stops to follow all rankings.
    func stop() {
        isStopped = true
        feedWatch?.stop()
        feedWatch = nil
        for watched in rankings.values { remove(watched) }
        homeless = [:]
        loops = []
    }

    /// Boards have changed.
    func applyBoards() {
        for watched in rankings.values {
            guard let board = boards.board(watched.ranking.board) else {
                // Its watchers are being sent away. When the last one has left, the ranking is removed.
                if watched.isUnwatched { remove(watched) }
                continue
            }
            guard board != watched.board else { continue }
            let previous = watched.board
            watched.board = board
            guard board.group != previous.group else { continue }
            // Its data is in another partition now, with another history.
            feed.unwatch(previous, watched.ranking)
            watch(watched)
            watched.isResync = true
            carryOut(watched.plan.requestRead(), for: watched)
        }
        for (ranking, loops) in homeless where boards.board(ranking.board) != nil {
            homeless[ranking] = nil
            for loop in loops { retain(ranking, loop: loop) }
        }
    }

    private func watched(_ ranking: Ranking) -> WatchedRanking? {
        if let known = rankings[ranking] { return known }
        guard !isStopped, let board = boards.board(ranking.board) else { return nil }
        lastID += 1
        let watched = WatchedRanking(
            id: lastID, board: board, ranking: ranking,
            plan: ReadPlan(comparison: settings.comparison),
            conflation: Conflation(interval: settings.fanoutInterval),
            history: TopHistory(versionsMax: settings.historyVersionsMax))
        rankings[ranking] = watched
        watch(watched)
        carryOut(watched.plan.requestRead(), for: watched)
        return watched
    }

    private func watch(_ watched: WatchedRanking) {
        let (bound, ranking, id) = (NIOLoopBound(self, eventLoop: home), watched.ranking, watched.id)
        feed.watch(watched.board, ranking) { [home] event in
            home.execute { bound.value.take(event, of: ranking, id: id) }
        }
    }

    /// The last watcher has left. The ranking is followed a little longer: clients come back and resume from the
    /// version that they have, and a client that comes back at once must not see an older one.
    private func release(of watched: WatchedRanking) {
        guard watched.removal == nil else { return }
        guard settings.linger > .zero, lingering < Self.lingeringMax, boards.board(watched.ranking.board) != nil
        else { return remove(watched) }
        lingering += 1
        watched.removal = home.assumeIsolated().scheduleTask(in: TimeAmount(settings.linger)) {
            [weak self, weak watched] in
            guard let self, let watched else { return }
            remove(watched)
        }
    }

    private func keep(_ watched: WatchedRanking) {
        guard let removal = watched.removal else { return }
        removal.cancel()
        watched.removal = nil
        lingering -= 1
    }

    private func remove(_ watched: WatchedRanking) {
        keep(watched)
        watched.nextRead?.cancel()
        rankings[watched.ranking] = nil
        feed.unwatch(watched.board, watched.ranking)
        settle { $0.forget(watched.id) }
    }

    // MARK: After an outage

    /// Reads all tops again, and tells the feed's watch when that is done.
    func readAgain() {
        awaited = AwaitedReads()
        for watched in rankings.values {
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
        // Also the rankings that wait for their interval, since `current` has to be true of them.
        for watched in rankings.values { publish(watched) }
        feedWatch?.recordTopsRead()
    }

    // MARK: Feed and reads

    private func take(_ event: TopEvent, of ranking: Ranking, id: UInt64) {
        guard let watched = rankings[ranking], watched.id == id else { return }
        switch event {
        case .changed(let top):
            if watched.tracker.take(changed: top) { recordChange(of: watched) }
        case .live:
            status.metrics.recordResync()
            watched.isResync = true
            carryOut(watched.plan.requestRead(), for: watched)
        case .cut: break  // `Reception` handles that
        }
    }

    private func carryOut(_ action: ReadPlan.Action, for watched: WatchedRanking) {
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

    private func read(_ watched: WatchedRanking) {
        watched.nextRead?.cancel()
        watched.nextRead = nil
        watched.readTicket += 1
        let (ticket, begun, isResync) = (watched.readTicket, watched.tracker.generation, watched.isResync)
        watched.isResync = false
        reads.page(of: watched.board, watched.ranking) { [weak self, weak watched] result in
            guard let self, let watched, watched.readTicket == ticket, rankings[watched.ranking] === watched else {
                return
            }
            switch result {
            case .success(let top):
                take(read: top, for: watched, begun: begun, isResync: isResync)
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

    private func take(read top: Top, for watched: WatchedRanking, begun: Int, isResync: Bool) {
        if watched.plan.failureLasts {
            logger.info("leaderboard readable again", metadata: ["board": "\(watched.board.id)"])
        }
        if watched.tracker.take(read: top, begunAt: begun) {
            if !isResync { status.metrics.recordCorrection() }
            recordChange(of: watched)
        }
        carryOut(watched.plan.recordSuccess(dice: .random(in: 0..<1)), for: watched)
    }

    private func recordFailure(_ error: StoreError, for watched: WatchedRanking) {
        let next = watched.plan.recordFailure(dice: .random(in: 0..<1))
        // One warning for each outage, not for each try.
        let level: Logger.Level = watched.plan.failureCount == ReadPlan.lastingFailures ? .warning : .debug
        logger.log(
            level: level, "leaderboard not readable; will try again",
            metadata: ["board": "\(watched.board.id)", "error": "\(error.description)"])
        carryOut(next, for: watched)
    }

    // MARK: Publishing

    private func recordChange(of watched: WatchedRanking) {
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

    private func publish(_ watched: WatchedRanking) {
        guard let top = watched.tracker.current else { return }
        if let last = watched.publication?.top {
            guard last.epoch != top.epoch || last.version != top.version else { return }
            if last.epoch != top.epoch { watched.epochNumber &+= 1 }
        }
        lastSequence += 1
        watched.history.recordPushed(top)
        let publication = Publication(
            sequence: lastSequence, epochNumber: watched.epochNumber, ranking: watched.ranking, top: top,
            history: watched.history)
        watched.publication = publication
        for loop in watched.audience where loop < loops.count {
            loops[loop].execute { $0.deliver(publication) }
        }
    }

    private static func nanoseconds(_ time: NIODeadline) -> Int64 { Int64(truncatingIfNeeded: time.uptimeNanoseconds) }
}
