import Access
import EventLoops
import Leaderboard
import NIOCore
import WebSocket

/// The sessions and rooms of one event loop. Not thread-safe; lives on its loop.
///
/// The timers, the queue of pushes and the drain are private: sessions ask for a visit, and the loop carries it out.
final class LoopHub {
    /// The wheel's tick: fine enough to spread pings, coarse enough to cost nothing.
    static let tickMilliseconds = 100

    let eventLoop: any EventLoop
    let settings: Settings
    let status: NodeStatus
    /// What its clients follow beside boards.
    let live: LoopLive
    private(set) var windows: [BoardWindow: WindowRooms] = [:]
    private let index: Int
    private let watchedWindows: LoopReference<WatchedWindows>
    private let pushes: PushQueue
    /// Each WebSocket waits here for its next ping or its end.
    private var sessions = TimerWheel<SessionHandler>()
    /// Each event stream waits here for its next heartbeat or its end.
    private var streams = TimerWheel<EventStreamHandler>()
    /// The token of each session in a private room waits here for its next check.
    private var watcherTokens = TimerWheel<WatcherToken>()
    /// Handshakes that wait for the keys of their tokens.
    private var keyWaiters = 0
    private var draining: (plan: DrainPlan, ended: EventLoopPromise<Void>)?
    /// The latest message about whether the node receives changes.
    private var notice: FeedNotice?
    private var ticking: RepeatedTask?
    private var admission: AdmissionRate?

    /// - Parameter index: how `watchedWindows` knows this loop.
    init(
        eventLoop: any EventLoop, index: Int, settings: Settings, status: NodeStatus,
        watchedWindows: LoopReference<WatchedWindows>, live: LoopLive
    ) {
        self.live = live
        self.eventLoop = eventLoop
        self.index = index
        self.settings = settings
        self.status = status
        self.watchedWindows = watchedWindows
        pushes = PushQueue(
            eventLoop: eventLoop, metrics: status.metrics, lateAge: settings.lateAge)
        admission = settings.admission.map { AdmissionRate($0) }
    }

    // MARK: Handshakes

    /// Whether a handshake may continue now, or when.
    ///
    /// - Parameter now: nanoseconds of any steady clock.
    func admitHandshake(at now: Int64) -> AdmissionRate.Verdict {
        admission?.arrive(at: now, dice: .random(in: 0..<1)) ?? .now
    }

    /// Lets a handshake wait for keys, unless too many wait. `removeKeyWaiter` has to follow if it may.
    func addKeyWaiter(atMost waitersMax: Int) -> Bool {
        guard keyWaiters < waitersMax else { return false }
        keyWaiters += 1
        return true
    }

    /// A handshake that waited for keys continues.
    func removeKeyWaiter() { keyWaiters -= 1 }

    // MARK: Rooms

    /// Gives a member a seat in a room. If the top is known on this loop, the member gets it at once: the snapshot, or
    /// the changes since the state that it says it has.
    ///
    /// A member has one seat for each window. If it joins the same room again, it gets the snapshot again. If it joins
    /// another room of the window, it leaves the previous one.
    ///
    /// - Parameter isPrivate: whether the board is private now.
    func enter(
        _ member: any RoomMember, _ key: RoomKey, resume: ResumePoint? = nil, isPrivate: Bool
    ) throws(ClientMessageProblem) {
        let previous = member.seats.first { $0.room.key.followed == key.followed }
        if let previous, previous.room.key == key {
            previous.room.rejoin(previous, resume: resume)
            return catchUp(previous)
        }
        let others = (member as? SessionHandler)?.live?.challenges.count ?? 0
        guard previous != nil || member.seats.count + others < settings.roomsMax else { throw .tooManyRooms }
        // The new seat comes first, so that the window is never without a watcher in between.
        let rooms = rooms(of: key.followed)
        rooms.isPrivate = isPrivate
        let seat = rooms.room(key, member.encoding).enter(member, resume: resume)
        if let previous { leave(previous) }
        member.seats.append(seat)
        catchUp(seat)
    }

    /// Empties the seat that a member has for a window.
    func leave(_ member: any RoomMember, _ followed: BoardWindow) throws(ClientMessageProblem) {
        guard let seat = member.seats.first(where: { $0.room.key.followed == followed }) else { throw .notJoined }
        leave(seat)
    }

    /// Empties all seats of a member.
    func leaveAll(_ member: any RoomMember) {
        (member as? SessionHandler)?.endLive()
        for seat in member.seats { leave(seat) }
    }

    /// Empties a seat.
    func leave(_ seat: Seat) {
        let room = seat.room
        let followed = room.key.followed
        room.leave(seat)
        seat.member.seats.removeAll { $0 === seat }
        endRank(of: seat.member, in: followed)
        guard room.seats.isEmpty, let rooms = windows[followed] else { return }
        rooms.removeIfEmpty(room)
        guard rooms.isEmpty else { return }
        windows[followed] = nil
        watchedWindows.execute { [index] in $0.release(followed, loop: index) }
    }

    /// A member that follows a window no more is not told its rank there.
    private func endRank(of member: any RoomMember, in followed: BoardWindow) {
        guard let live = (member as? SessionHandler)?.live, !live.ranks.isEmpty,
            !member.seats.contains(where: { $0.room.key.followed == followed })
        else { return }
        self.live.ranks.leave(live, followed)
    }

    private func rooms(of followed: BoardWindow) -> WindowRooms {
        if let known = windows[followed] { return known }
        let rooms = WindowRooms()
        windows[followed] = rooms
        watchedWindows.execute { [index] in $0.retain(followed, loop: index) }
        return rooms
    }

    // MARK: Sending

    /// Pushes a publication to the watchers of its window on this loop.
    func deliver(_ publication: Publication) {
        guard let rooms = windows[publication.followed] else { return }
        live.ranks.take(period: publication.top.period, of: publication.followed)
        pushes.deliver(publication, to: rooms)
    }

    /// Sends a session what it is owed. Called when it is writable again.
    func catchUp(_ session: any HubSession) {
        for seat in session.seats where !seat.hasLeft { catchUp(seat) }
        (session as? SessionHandler)?.live?.catchUp()
        notify(session)
    }

    private func catchUp(_ seat: Seat) {
        if seat.room.catchUp(seat) { status.metrics.recordCatchUp() }
    }

    /// Tells all sessions whether the node receives changes.
    func announce(_ notice: FeedNotice) {
        self.notice = notice
        LoopSlices.visit(allSessions, on: eventLoop) { [self] session in
            // The tops come first, since `current` has to be true of them.
            if session.isWritable { catchUp(session) }
        }
    }

    /// Tells a session whether the node receives changes, unless it knows. A session that is not writable is told when
    /// it is again, and then what holds at that time.
    func notify(_ session: any HubSession) {
        guard let notice, session.noticeNumber != notice.number, session.isOpen, session.isWritable else { return }
        let frame = notice.frame(after: session.noticeNumber, as: session.encoding)
        session.noticeNumber = notice.number
        if let frame { session.send(frame) }
    }

    // MARK: Sessions

    /// Ticks since the hub was made.
    var now: UInt32 { sessions.now }

    /// Whether there are no sessions.
    var isEmpty: Bool { sessions.count == 0 && streams.count == 0 }

    private var allSessions: [any HubSession] {
        sessions.entries as [any HubSession] + streams.entries as [any HubSession]
    }

    /// Takes a session, and visits it until it is removed.
    func add(_ session: SessionHandler) {
        schedule(session, in: 1)
        startTicking()
    }

    /// Takes an event stream, and visits it until it is removed.
    func add(_ stream: EventStreamHandler) {
        schedule(stream, in: settings.heartbeat)
        startTicking()
    }

    /// Visits a session after this many ticks, and not before.
    func schedule(_ session: SessionHandler, in ticks: Int) { sessions.insert(session, in: ticks) }

    /// Visits an event stream after this many ticks, and not before.
    func schedule(_ stream: EventStreamHandler, in ticks: Int) { streams.insert(stream, in: ticks) }

    /// Checks a token after this many ticks, and not before.
    func schedule(_ watcherToken: WatcherToken, in ticks: Int) { watcherTokens.insert(watcherToken, in: ticks) }

    /// Removes a session that has ended.
    func remove(_ session: SessionHandler) {
        leaveAll(session)
        sessions.remove(session)
        if let watcherToken = session.watcherToken { watcherTokens.remove(watcherToken) }
    }

    /// Removes an event stream that has ended.
    func remove(_ stream: EventStreamHandler) {
        leaveAll(stream)
        streams.remove(stream)
        if let watcherToken = stream.watcherToken { watcherTokens.remove(watcherToken) }
    }

    private func startTicking() {
        guard ticking == nil else { return }
        let step = TimeAmount.milliseconds(Int64(Self.tickMilliseconds))
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: step, delay: step) { _ in bound.value.tick() }
    }

    private func tick() {
        for session in sessions.advance() { session.checkLiveness() }
        for stream in streams.advance() { stream.checkLiveness() }
        for watcherToken in watcherTokens.advance() { visit(watcherToken) }
        if draining != nil { drainStep() }
        // Only here: a session that is being visited is in no wheel, so the hub looks empty at other times.
        if isEmpty { endTicking() }
    }

    private func endTicking() {
        ticking?.cancel()
        ticking = nil
        draining?.ended.succeed(())
    }

    // MARK: Shutdown

    /// Sends all sessions away, also those that still come. Ends when none is left, at the latest at the limit.
    @discardableResult
    func drain() -> EventLoopFuture<Void> {
        if let draining { return draining.ended.futureResult }
        status.beginDraining()
        let ended = eventLoop.makePromise(of: Void.self)
        draining = (DrainPlan(pace: settings.drainPaceTicks, limit: settings.drainLimitTicks), ended)
        if isEmpty { ended.succeed(()) }
        return ended.futureResult
    }

    private func drainStep() {
        let sessions = allSessions
        let open = sessions.filter(\.isOpen)
        switch draining?.plan.tick(open: open.count) {
        case .close(let count):
            for session in open.prefix(count) {
                session.sendAway(afterMilliseconds: .random(in: 0...settings.drainSpreadMilliseconds))
            }
        case .cut:
            for session in sessions { session.cut() }
        case nil: break
        }
    }
}
