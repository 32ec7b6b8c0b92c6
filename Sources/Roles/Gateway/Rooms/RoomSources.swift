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
        var feedPatienceMilliseconds: Int64
    }

    private let home: any EventLoop
    private let settings: Settings
    private let feed: any TopFeed
    private let reads: ReadQueue
    private let boards: any BoardSource
    private let status: NodeStatus
    private let logger: Logger
    private(set) var sources: [Ranking: RoomSource] = [:]
    /// The loops with watchers of rankings whose boards were not there when they came.
    private var homeless: [Ranking: Set<Int>] = [:]
    private(set) var loops: [LoopReference<LoopHub>] = []
    /// Reads that have to succeed before the watchers may be told that what they see is current.
    private var awaited = AwaitedReads()
    private var feedWatch: FeedWatch?
    private var lastID: UInt64 = 0
    private var lastSequence: UInt64 = 0
    private var isStopped = false
    private var lingering = 0
    /// Rankings that are followed although nobody watches them. Stops many of them from costing more than those that
    /// are watched.
    private static let lingeringMax = 256

    init(
        home: any EventLoop, settings: Settings, boards: any BoardSource, feed: any TopFeed,
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

    /// Names the loops that `retain` speaks of by their index.
    func serve(_ loops: [LoopReference<LoopHub>]) { self.loops = loops }

    /// Looks after the feed until `stop`.
    func watchFeed(proof: (@Sendable () -> FeedProof)?, wallClock: @escaping @Sendable () -> Int64) {
        guard !isStopped, feedWatch == nil else { return }
        let watch = FeedWatch(
            home: home, feed: feed, proof: proof, wallClock: wallClock,
            patienceMilliseconds: settings.feedPatienceMilliseconds, sources: self, status: status)
        feedWatch = watch
        watch.start()
    }

    // MARK: Who watches

    /// A loop has its first watcher of a ranking.
    func retain(_ ranking: Ranking, loop: Int) {
        guard let source = source(ranking) else {
            // The board is gone, and so will be those who watch it, unless it comes back first.
            if !isStopped { homeless[ranking, default: []].insert(loop) }
            return
        }
        keep(source)
        source.audience.insert(loop)
        if let publication = source.publication {
            loops[loop].execute { $0.deliver(publication) }
        }
    }

    /// A loop has lost its last watcher of a ranking.
    func release(_ ranking: Ranking, loop: Int) {
        homeless[ranking]?.remove(loop)
        if homeless[ranking]?.isEmpty == true { homeless[ranking] = nil }
        guard let source = sources[ranking] else { return }
        source.audience.remove(loop)
        if source.isUnwatched { letGo(of: source) }
    }

    /// Watches nothing any more.
    func stop() {
        isStopped = true
        feedWatch?.stop()
        feedWatch = nil
        for source in sources.values { remove(source) }
        homeless = [:]
        loops = []
    }

    /// Boards have changed.
    func boardsChanged() {
        for source in sources.values {
            guard let board = boards.board(source.ranking.board) else {
                // Those who watch it are on their way out; with the last of them it is let go of.
                if source.isUnwatched { remove(source) }
                continue
            }
            guard board != source.board else { continue }
            let former = source.board
            source.board = board
            guard board.group != former.group else { continue }
            // It lives in another place now, and has another history there.
            feed.unwatch(former, source.ranking)
            watch(source)
            source.isResync = true
            carryOut(source.plan.wanted(), for: source)
        }
        for (ranking, loops) in homeless where boards.board(ranking.board) != nil {
            homeless[ranking] = nil
            for loop in loops { retain(ranking, loop: loop) }
        }
    }

    private func source(_ ranking: Ranking) -> RoomSource? {
        if let known = sources[ranking] { return known }
        guard !isStopped, let board = boards.board(ranking.board) else { return nil }
        lastID += 1
        let source = RoomSource(
            id: lastID, board: board, ranking: ranking,
            plan: ReadPlan(comparisonMilliseconds: settings.comparisonMilliseconds),
            conflation: Conflation(intervalNanoseconds: settings.fanoutIntervalMilliseconds * 1_000_000),
            history: TopHistory(versionsMax: settings.historyVersionsMax))
        sources[ranking] = source
        watch(source)
        carryOut(source.plan.wanted(), for: source)
        return source
    }

    private func watch(_ source: RoomSource) {
        let (bound, ranking, id) = (NIOLoopBound(self, eventLoop: home), source.ranking, source.id)
        feed.watch(source.board, ranking) { [home] event in
            home.execute { bound.value.told(event, of: ranking, id: id) }
        }
    }

    /// Nobody watches any more. The ranking is followed a little longer, since clients come back, and then say what they
    /// have; and so that one that comes back at once sees no older version.
    private func letGo(of source: RoomSource) {
        guard source.removal == nil else { return }
        guard settings.lingerMilliseconds > 0, lingering < Self.lingeringMax, boards.board(source.ranking.board) != nil
        else { return remove(source) }
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
        settle { $0.forget(source.id) }
    }

    // MARK: After an outage

    /// Reads all tops again, and tells the feed's watch when that has succeeded.
    func readAgain() {
        awaited = AwaitedReads()
        for source in sources.values {
            // A read under way may have begun too early, so it is the next one that counts.
            awaited.add(source.id, ticket: source.readTicket + 1)
            carryOut(source.plan.wantedAfterOutage(), for: source)
        }
        if awaited.isEmpty { topsWereRead() }
    }

    private func settle(_ change: (inout AwaitedReads) -> Void) {
        guard !awaited.isEmpty else { return }
        change(&awaited)
        if awaited.isEmpty { topsWereRead() }
    }

    private func topsWereRead() {
        // Also those that wait for their interval: what is said next is to be true of them.
        for source in sources.values { publish(source) }
        feedWatch?.topsWereRead()
    }

    // MARK: What is told and read

    private func told(_ event: TopEvent, of ranking: Ranking, id: UInt64) {
        guard let source = sources[ranking], source.id == id else { return }
        switch event {
        case .changed(let top):
            if source.tracker.take(changed: top) { changed(source) }
        case .live:
            status.metrics.resynced()
            source.isResync = true
            carryOut(source.plan.wanted(), for: source)
        case .cut: break  // `Reception` looks after that.
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
            case .success(let top):
                wasRead(top, for: source, begun: begun, isResync: isResync)
                settle { $0.ended(source.id, ticket: ticket) }
            case .failure(let error):
                // In a closed partition nothing changes, so what is known of it is current.
                if error.kind != .unavailable { settle { $0.ended(source.id, ticket: ticket) } }
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
        if let last = source.publication?.top {
            guard last.epoch != top.epoch || last.version != top.version else { return }
            if last.epoch != top.epoch { source.epochNumber &+= 1 }
        }
        lastSequence += 1
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
