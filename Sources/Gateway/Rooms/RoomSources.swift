import Leaderboard
import Logging
import NIOCore

/// The rankings that are watched in this node, each once for all event loops. Not thread-safe; lives on the home loop.
///
/// For each: subscribe to the feed, then read the top, then take what is newer from either side. Reads come again
/// when the feed is live again, and every few seconds to find what the feed has lost.
final class RoomSources {
    struct Settings: Sendable {
        var comparisonMilliseconds: Int64
        var fanoutIntervalMilliseconds: Int64
        /// How long a ranking that nobody watches any more is still followed.
        var lingerMilliseconds: Int64
        var historyVersionsMax: Int
    }

    private let home: any EventLoop
    private let settings: Settings
    private let feed: any TopFeed
    private let reads: ReadQueue
    private let status: NodeStatus
    private let logger: Logger
    private var sources: [Ranking: RoomSource] = [:]
    private var loops: [LoopReference<LoopHub>] = []
    private var lastID: UInt64 = 0
    private var lastSequence: UInt64 = 0
    private var isStopped = false
    private var lingering = 0
    /// Rankings that are followed although nobody watches them. Stops many of them from costing more than those that
    /// are watched.
    private static let lingeringMax = 256

    init(
        home: any EventLoop, settings: Settings, feed: any TopFeed, reader: any LeaderboardReader, status: NodeStatus,
        logger: Logger
    ) {
        self.home = home
        self.settings = settings
        self.feed = feed
        self.reads = ReadQueue(reader: reader, home: home)
        self.status = status
        self.logger = logger
    }

    /// Names the loops that `retain` speaks of by their index.
    func serve(_ loops: [LoopReference<LoopHub>]) { self.loops = loops }

    // MARK: Who watches

    /// A loop has its first watcher of a ranking.
    func retain(_ board: Board, _ ranking: Ranking, loop: Int) {
        guard let source = source(board, ranking) else { return }
        keep(source)
        source.audience.insert(loop)
        if let publication = source.publication {
            loops[loop].execute { $0.deliver(publication) }
        }
    }

    /// A loop has lost its last watcher of a ranking.
    func release(_ ranking: Ranking, loop: Int) {
        guard let source = sources[ranking] else { return }
        source.audience.remove(loop)
        if source.isUnwatched { letGo(of: source) }
    }

    /// Watches a ranking for as long as the node lives.
    func pin(_ board: Board, _ ranking: Ranking) {
        guard let source = source(board, ranking) else { return }
        keep(source)
        source.isPinned = true
        status.metrics.feedIsLive(feed.isLive)
        if source.tracker.current != nil { status.hasTop = true }
    }

    /// Watches nothing any more.
    func stop() {
        isStopped = true
        for source in sources.values { remove(source) }
        loops = []
    }

    private func source(_ board: Board, _ ranking: Ranking) -> RoomSource? {
        if let known = sources[ranking] { return known }
        guard !isStopped else { return nil }
        lastID += 1
        let source = RoomSource(
            id: lastID, board: board, ranking: ranking,
            plan: ReadPlan(comparisonMilliseconds: settings.comparisonMilliseconds),
            conflation: Conflation(intervalNanoseconds: settings.fanoutIntervalMilliseconds * 1_000_000),
            history: TopHistory(versionsMax: settings.historyVersionsMax))
        sources[ranking] = source
        let (bound, id) = (NIOLoopBound(self, eventLoop: home), lastID)
        feed.watch(board, ranking) { [home] event in
            home.execute { bound.value.told(event, of: ranking, id: id) }
        }
        carryOut(source.plan.wanted(), for: source)
        return source
    }

    /// Nobody watches any more. The ranking is followed a little longer, since clients come back, and then say what they
    /// have; and so that one that comes back at once sees no older version.
    private func letGo(of source: RoomSource) {
        guard source.removal == nil else { return }
        guard settings.lingerMilliseconds > 0, lingering < Self.lingeringMax else { return remove(source) }
        lingering += 1
        source.removal = home.assumeIsolated().scheduleTask(in: .milliseconds(settings.lingerMilliseconds)) {
            [weak self, weak source] in
            guard let self, let source else { return }
            remove(source)
        }
    }

    private func keep(_ source: RoomSource) {
        guard let removal = source.removal else { return }
        removal.cancel()
        source.removal = nil
        lingering -= 1
    }

    private func remove(_ source: RoomSource) {
        keep(source)
        source.nextRead?.cancel()
        sources[source.ranking] = nil
        feed.unwatch(source.board, source.ranking)
    }

    // MARK: What is told and read

    private func told(_ event: TopEvent, of ranking: Ranking, id: UInt64) {
        guard let source = sources[ranking], source.id == id else { return }
        switch event {
        case .changed(let top):
            if source.tracker.take(changed: top) { changed(source) }
        case .live:
            status.metrics.feedIsLive(true)
            status.metrics.resynced()
            source.isResync = true
            carryOut(source.plan.wanted(), for: source)
        case .cut:
            status.metrics.feedIsLive(false)
        }
    }

    private func carryOut(_ action: ReadPlan.Action, for source: RoomSource) {
        switch action {
        case .nothing: break
        case .read: read(source)
        case .wait(let milliseconds):
            let isolated = home.assumeIsolated()
            source.nextRead = isolated.scheduleTask(in: .milliseconds(milliseconds)) { [weak self, weak source] in
                guard let self, let source else { return }
                carryOut(source.plan.wanted(), for: source)
            }
        }
    }

    private func read(_ source: RoomSource) {
        source.nextRead?.cancel()
        source.nextRead = nil
        source.readTicket += 1
        let (ticket, begun, isResync) = (source.readTicket, source.tracker.generation, source.isResync)
        source.isResync = false
        reads.page(of: source.board, source.ranking) { [weak self, weak source] result in
            guard let self, let source, source.readTicket == ticket, sources[source.ranking] === source else { return }
            switch result {
            case .success(let top): wasRead(top, for: source, begun: begun, isResync: isResync)
            case .failure(let error):
                // The next read has the same reason.
                if isResync { source.isResync = true }
                readFailed(error, for: source)
            }
        }
    }

    private func wasRead(_ top: Top, for source: RoomSource, begun: Int, isResync: Bool) {
        if source.plan.failureLasts {
            logger.info("leaderboard readable again", metadata: ["board": "\(source.board.id)"])
        }
        if source.tracker.take(read: top, begunAt: begun) {
            if !isResync { status.metrics.corrected() }
            changed(source)
        }
        carryOut(source.plan.succeeded(dice: .random(in: 0..<1)), for: source)
    }

    private func readFailed(_ error: StoreError, for source: RoomSource) {
        let next = source.plan.failed(dice: .random(in: 0..<1))
        // Once for each outage, not for each try.
        let level: Logger.Level = source.plan.failureCount == ReadPlan.lastingFailures ? .warning : .debug
        logger.log(
            level: level, "leaderboard not readable; will try again",
            metadata: ["board": "\(source.board.id)", "error": "\(error.description)"])
        carryOut(next, for: source)
    }

    // MARK: Publishing

    private func changed(_ source: RoomSource) {
        if source.isPinned { status.hasTop = true }
        if let top = source.tracker.current { source.history.wasTold(top) }
        switch source.conflation.changed(at: Self.nanoseconds(home.now)) {
        case .nothing: break
        case .push: publish(source)
        case .wait(let until):
            let isolated = home.assumeIsolated()
            isolated.scheduleTask(deadline: .uptimeNanoseconds(UInt64(until))) { [weak self, weak source] in
                guard let self, let source else { return }
                source.conflation.timeHasCome(at: Self.nanoseconds(home.now))
                publish(source)
            }
        }
    }

    private func publish(_ source: RoomSource) {
        guard let top = source.tracker.current else { return }
        lastSequence += 1
        if let last = source.publication, last.top.epoch != top.epoch { source.epochNumber &+= 1 }
        source.history.wasPushed(top)
        let publication = Publication(
            sequence: lastSequence, epochNumber: source.epochNumber, ranking: source.ranking, top: top,
            history: source.history)
        source.publication = publication
        for loop in source.audience where loop < loops.count {
            loops[loop].execute { $0.deliver(publication) }
        }
    }

    private static func nanoseconds(_ time: NIODeadline) -> Int64 { Int64(truncatingIfNeeded: time.uptimeNanoseconds) }
}
