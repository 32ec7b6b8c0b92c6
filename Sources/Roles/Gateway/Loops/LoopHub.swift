import Access
import EventLoops
import Leaderboard
import NIOCore

/// The sessions and rooms of one event loop. Not thread-safe; lives on its loop.
final class LoopHub {
    typealias LivenessSettings = Liveness.Settings

    struct Settings: Sendable {
        var liveness: LivenessSettings
        /// Ticks between two heartbeats of an event stream.
        var heartbeat: Int
        var closeTicks: Int
        var drainPaceTicks: Int
        var drainLimitTicks: Int
        var reconnectWindowMilliseconds: Int
        var roomsPerSessionMax: Int
        var framesPerSecondMax: Int
        var lateMilliseconds: Int64
        var resolver: RoomResolver
        var tokens: TokenVerifiers?
        /// nil: no limit.
        var admission: AdmissionRate.Settings?
        var frames: InboundFrames.Limits
    }

    /// The wheel's tick: fine enough to spread pings, coarse enough to cost nothing.
    static let tickMilliseconds = 100

    let eventLoop: any EventLoop
    let settings: Settings
    let status: NodeStatus
    var random = SystemRandomNumberGenerator()
    /// Each WebSocket waits in it for its next ping or its end.
    var wheel = TimerWheel<SessionHandler>()
    /// Each event stream waits in it for its next heartbeat or its end.
    var streams = TimerWheel<EventStreamHandler>()
    /// The token of each session in a private room waits in it to be looked at again.
    var watcherTokens = TimerWheel<WatcherToken>()
    /// Handshakes that wait for the keys of their tokens.
    var keyWaiters = 0
    var draining: (plan: DrainPlan, ended: EventLoopPromise<Void>)?
    private let index: Int
    private let watchedRankings: LoopReference<WatchedRankings>
    private(set) var rankings: [Ranking: RankingRooms] = [:]
    /// Whose seats are to have their turn, the next first.
    var due = CircularBuffer<RankingRooms>()
    /// Whether the node receives changes, as it was told last.
    var notice: FeedNotice?
    /// Those who are still to be told.
    var unnotified: [any HubSession] = []
    /// Seats in rooms that their members may have to leave.
    var suspects: [Seat] = []
    private var ticking: RepeatedTask?
    private var admission: AdmissionRate?

    /// - Parameter index: how `watchedRankings` knows this loop.
    init(
        eventLoop: any EventLoop, index: Int, settings: Settings, status: NodeStatus,
        watchedRankings: LoopReference<WatchedRankings>
    ) {
        self.eventLoop = eventLoop
        self.index = index
        self.settings = settings
        self.status = status
        self.watchedRankings = watchedRankings
        admission = settings.admission.map { AdmissionRate($0) }
    }

    /// Whether a handshake may go on now, or when.
    ///
    /// - Parameter now: nanoseconds of any steady clock.
    func admitHandshake(at now: Int64) -> AdmissionRate.Verdict {
        admission?.arrive(at: now, dice: .random(in: 0..<1, using: &random)) ?? .now
    }

    // MARK: Rooms

    /// Gives a member a seat in a room and sends the snapshot, or what is newer than the state that it says it has; at
    /// once if that is known here.
    ///
    /// A member has one seat for each ranking: in the same room it gets the snapshot again, in another one it changes
    /// over.
    ///
    /// - Parameter isPrivate: whether the board is, now.
    func enter(
        _ member: any RoomMember, _ key: RoomKey, resume: ResumePoint? = nil, isPrivate: Bool
    ) throws(ClientMessageProblem) {
        let former = member.seats.first { $0.room.key.ranking == key.ranking }
        if let former, former.room.key == key {
            former.room.rejoin(former, resume: resume)
            return catchUp(former)
        }
        guard former != nil || member.seats.count < settings.roomsPerSessionMax else { throw .tooManyRooms }
        // First the new seat, so that the ranking is not let go of in between.
        let ranking = ranking(of: key)
        ranking.isPrivate = isPrivate
        let seat = ranking.room(key, member.encoding).enter(member, resume: resume)
        if let former { leave(former) }
        member.seats.append(seat)
        catchUp(seat)
    }

    /// Empties the seat that a member has for a ranking.
    func leave(_ member: any RoomMember, _ ranking: Ranking) throws(ClientMessageProblem) {
        guard let seat = member.seats.first(where: { $0.room.key.ranking == ranking }) else { throw .notJoined }
        leave(seat)
    }

    /// Empties all seats of a member.
    func leaveAll(_ member: any RoomMember) {
        for seat in member.seats { leave(seat) }
    }

    /// Sends a session what it is owed; called when it is writable again.
    func catchUp(_ session: any HubSession) {
        for seat in session.seats where !seat.hasLeft { catchUp(seat) }
        notify(session)
    }

    private func catchUp(_ seat: Seat) {
        if seat.room.catchUp(seat) { status.metrics.recordCatchUp() }
    }

    private func ranking(of key: RoomKey) -> RankingRooms {
        if let known = rankings[key.ranking] { return known }
        let ranking = RankingRooms()
        rankings[key.ranking] = ranking
        watchedRankings.execute { [index] in $0.retain(key.ranking, loop: index) }
        return ranking
    }

    /// Empties a seat.
    func leave(_ seat: Seat) {
        let room = seat.room
        let name = room.key.ranking
        room.leave(seat)
        seat.member.seats.removeAll { $0 === seat }
        guard room.seats.isEmpty, let ranking = rankings[name] else { return }
        ranking.removeIfEmpty(room)
        guard ranking.isEmpty else { return }
        rankings[name] = nil
        watchedRankings.execute { [index] in $0.release(name, loop: index) }
    }

    // MARK: Sessions

    /// Looks after a session from now on.
    func add(_ session: SessionHandler) {
        visit(session, in: 1)
        tickFromNowOn()
    }

    /// Looks after an event stream from now on.
    func add(_ stream: EventStreamHandler) {
        streams.insert(stream, in: settings.heartbeat)
        tickFromNowOn()
    }

    private func tickFromNowOn() {
        guard ticking == nil else { return }
        let step = TimeAmount.milliseconds(Int64(Self.tickMilliseconds))
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: step, delay: step) { _ in bound.value.tick() }
    }

    /// Looks at a session after so many ticks.
    func visit(_ session: SessionHandler, in ticks: Int) { wheel.insert(session, in: ticks) }

    /// Forgets a session that has ended.
    func remove(_ session: SessionHandler) {
        leaveAll(session)
        wheel.remove(session)
        if let watcherToken = session.watcherToken { watcherTokens.remove(watcherToken) }
    }

    /// Forgets an event stream that has ended.
    func remove(_ stream: EventStreamHandler) {
        leaveAll(stream)
        streams.remove(stream)
        if let watcherToken = stream.watcherToken { watcherTokens.remove(watcherToken) }
    }

    /// Whether there is nobody to look after.
    var isEmpty: Bool { wheel.count == 0 && streams.count == 0 }

    private func tick() {
        for session in wheel.advance() { session.checkLiveness() }
        for stream in streams.advance() { stream.checkLiveness() }
        for watcherToken in watcherTokens.advance() { visit(watcherToken) }
        if draining != nil { drainStep() }
        // Here alone, since those who are being visited are in no wheel.
        if isEmpty { becameEmpty() }
    }

    private func becameEmpty() {
        ticking?.cancel()
        ticking = nil
        draining?.ended.succeed(())
    }
}
