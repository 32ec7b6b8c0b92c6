import Basics
import EventLoops
import Leaderboard
import Logging
import NIOCore
import Players

/// The node's side of the live line: which shards of users, challenge rooms and moves the loops follow, each once for
/// the node. Not thread-safe; lives on the home loop.
final class LiveDesk {
    /// The answer to a call to join, with the room's state when it came.
    struct Joined: Sendable {
        /// If it is `done`, with what messages have told since.
        let answer: RoomAnswer
        /// How many members there are.
        let present: Int
        /// The number of the last message that tells nothing newer than the answer.
        let sequence: UInt64
    }

    private let home: any EventLoop
    private let line: any LiveLine
    private let boards: any BoardSource
    private let metrics: GatewayMetrics
    private let gateway = String(UInt64.random(in: .min ... .max), radix: 36)
    private var loops: [LoopReference<LoopHub>] = []
    private var shards: [Int: Set<Int>] = [:]
    private var rooms: [String: ChallengeRoom] = [:]
    private var roomsMade: UInt64 = 0
    private var moves: [BoardWindow: FollowedMoves] = [:]
    /// Rooms whose state has to be asked for, the next one first.
    private var dueReads = CircularBuffer<ChallengeRoom>()
    private var reads = 0
    /// Calls of members that wait for an answer, by user.
    private var openCalls: [ByteExact: Int] = [:]
    /// All calls that wait for an answer.
    private var callCount = 0
    private var isCut = false
    private var looking: RepeatedTask?
    private var isStopped = false

    /// Between two looks at rooms and moves.
    private static let lookInterval = TimeAmount.seconds(1)
    /// Rooms whose state is being asked for at once. Stops a connection that comes back from giving the play nodes more
    /// calls than they take, so that members get no answers.
    private static let readsMax = 16
    /// Open calls of one user: as many as the rooms of a connection, which joins them all when it comes back. Stops one
    /// user from taking the calls that the line and the play nodes keep for all.
    private static let userCallsMax = 64

    init(home: any EventLoop, line: any LiveLine, boards: any BoardSource, metrics: GatewayMetrics) {
        self.home = home
        self.line = line
        self.boards = boards
        self.metrics = metrics
    }

    /// Starts to take events, for these loops, which the other methods know by index.
    func serve(_ loops: [LoopReference<LoopHub>]) {
        self.loops = loops
        let bound = NIOLoopBound(self, eventLoop: home)
        line.begin { [home] event in home.execute { bound.value.take(event) } }
        looking = home.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) { _ in
            bound.value.look()
        }
    }

    /// Follows nothing any more.
    func stop() {
        isStopped = true
        looking?.cancel()
        dueReads.removeAll()
        for room in rooms.values { remove(room) }
        for window in moves.keys { line.endListening(to: window) }
        moves = [:]
        loops = []
    }

    private var now: Int64 { Int64(home.now.uptimeNanoseconds / 1_000_000) }

    private func take(_ event: LiveEvent) {
        guard !isStopped else { return }
        switch event {
        case .cut: isCut = true
        case .live(.users): isCut = false
        case .live(.room(let challenge)):
            isCut = false
            guard let room = rooms[challenge] else { return }
            // What others told before did not arrive.
            room.presence.askAgain()
            lookAtPresence(of: room)
            readAgain(room)
        case .live(.moves(let window)): tell(window) { $0.readAgain(window) }
        case .message(let message):
            for loop in shards[LiveShard.shard(of: message.userID)] ?? [] {
                loops[loop].execute { $0.live.deliver(message) }
            }
        case .progress(let progress, let challenge):
            guard let room = rooms[challenge] else { return }
            act(room.updates.record(progress, at: now), room)
        case .presence(let note, let challenge):
            guard let room = rooms[challenge] else { return }
            room.presence.hear(note, at: now)
            lookAtPresence(of: room)
        case .moves(let moves, let window): tell(window) { $0.take(moves, in: window) }
        }
    }

    private func look() {
        for room in rooms.values {
            lookAtPresence(of: room)
            // While the connection is lost, nothing can be asked. When it is back, all rooms are read again.
            if room.hasFailedRead, !isCut { readAgain(room) }
        }
        for (window, followed) in moves where followed.nextListen <= now { listen(window) }
    }

    // MARK: Users

    /// A loop has its first connection of a user of the shard.
    func retain(shard: Int, loop: Int) {
        guard !isStopped else { return }
        if shards[shard, default: []].isEmpty { line.follow(.users(shard: shard)) }
        shards[shard, default: []].insert(loop)
    }

    /// A loop has lost its last one.
    func release(shard: Int, loop: Int) {
        guard shards[shard]?.remove(loop) != nil, shards[shard]?.isEmpty == true else { return }
        shards[shard] = nil
        line.unfollow(.users(shard: shard))
    }

    // MARK: Challenge rooms

    /// A loop has so many members in a room.
    ///
    /// - Parameter user: one of them; nil if there are none.
    func occupy(_ challenge: String, loop: Int, count: Int, user: String?) {
        guard !isStopped else { return }
        let room: ChallengeRoom
        if let known = rooms[challenge] {
            room = known
        } else {
            guard count > 0 else { return }
            roomsMade += 1
            room = ChallengeRoom(challenge, gateway: gateway, after: roomsMade << 32)
            rooms[challenge] = room
            metrics.recordChallengeRooms(rooms.count)
            line.follow(.room(challenge))
        }
        room.counts[loop] = count == 0 ? nil : count
        room.users[loop] = user
        room.presence.setOwn(room.counts.values.reduce(0, +))
        guard !room.counts.isEmpty else { return remove(room) }
        lookAtPresence(of: room)
    }

    private func remove(_ room: ChallengeRoom) {
        rooms[room.challenge] = nil
        metrics.recordChallengeRooms(rooms.count)
        // An answer that comes later must not send to loops: after `stop` there are none.
        room.counts = [:]
        room.timer?.cancel()
        line.unfollow(.room(room.challenge))
        line.tell(GatewayPresence(gateway: gateway, count: 0), to: room.challenge)
    }

    private func lookAtPresence(of room: ChallengeRoom) {
        if let note = room.presence.look(at: now) { line.tell(note, to: room.challenge) }
        act(room.updates.record(present: room.presence.total, at: now), room)
    }

    private func act(_ action: RoomUpdates.Action, _ room: ChallengeRoom) {
        switch action {
        case .nothing: break
        case .send: send(room)
        case .wait(let time):
            room.timer?.cancel()
            let bound = NIOLoopBound((self, room), eventLoop: home)
            room.timer = home.scheduleTask(in: .milliseconds(max(1, time - now))) {
                let (desk, room) = bound.value
                desk.send(room)
            }
        }
    }

    private func send(_ room: ChallengeRoom) {
        if let news = room.updates.take(at: now) {
            let publication = RoomPublication(challenge: room.challenge, news: news)
            for loop in room.counts.keys { loops[loop].execute { $0.live.deliver(publication) } }
        }
        act(room.updates.next(at: now), room)
    }

    /// Progress may have been missed, so a play node is asked for the latest.
    private func readAgain(_ room: ChallengeRoom) {
        guard !room.isReadDue else { return }
        room.isReadDue = true
        dueReads.append(room)
        readNext()
    }

    /// Asks for the state of the rooms that are due, a few at a time.
    private func readNext() {
        while reads < Self.readsMax, let room = dueReads.popFirst() {
            (room.isReadDue, room.hasFailedRead) = (false, false)
            guard rooms[room.challenge] === room, let user = room.users.values.first else { continue }
            reads += 1
            hand(RoomCall(challenge: room.challenge, userID: user, act: .join)) { [self] answer in
                reads -= 1
                endRead(of: room, answer)
                readNext()
            }
        }
    }

    private func endRead(of room: ChallengeRoom, _ answer: RoomAnswer) {
        guard rooms[room.challenge] === room else { return }
        switch answer {
        case .done(let progress): for each in progress { act(room.updates.record(each, at: now), room) }
        // The next look repeats it.
        case .unavailable: room.hasFailedRead = true
        case .message, .refused: break
        }
    }

    /// Hands a call of a member to a play node, unless too many of its user are open. The answer comes on the home
    /// loop.
    func call(_ call: RoomCall, then: @escaping (RoomAnswer) -> Void) {
        let user = ByteExact(call.userID)
        guard openCalls[user, default: 0] < Self.userCallsMax else {
            metrics.recordCall(.limited)
            return then(.unavailable)
        }
        openCalls[user, default: 0] += 1
        hand(call) { [self] answer in
            let left = openCalls[user, default: 1] - 1
            openCalls[user] = left > 0 ? left : nil
            then(answer)
        }
    }

    /// Hands a call to a play node. The answer comes on the home loop.
    private func hand(_ call: RoomCall, then: @escaping (RoomAnswer) -> Void) {
        callCount += 1
        metrics.recordOpenCalls(callCount)
        let bound = NIOLoopBound((self, then), eventLoop: home)
        line.call(call) { [home] answer in
            home.execute {
                let (desk, then) = bound.value
                desk.callCount -= 1
                desk.metrics.recordOpenCalls(desk.callCount)
                desk.metrics.recordCall(answer == .unavailable ? .unavailable : .answered)
                then(answer)
            }
        }
    }

    /// Hands a call to join to a play node. The answer comes on the home loop.
    func join(_ call: RoomCall, then: @escaping (Joined) -> Void) {
        let sequence = rooms[call.challenge]?.updates.sequence ?? 0
        self.call(call) { [self] answer in
            guard let room = rooms[call.challenge], case .done(let told) = answer else {
                return then(Joined(answer: answer, present: 0, sequence: sequence))
            }
            // Others in the room get the later progress first, and no earlier one after it.
            for each in told where room.updates.knows(each.userID) { act(room.updates.record(each, at: now), room) }
            let (progress, last) = room.updates.merge(told, since: sequence)
            then(Joined(answer: .done(progress), present: room.presence.total, sequence: last))
        }
    }

    // MARK: Moves

    /// A loop has its first connection that follows its own rank in a window.
    func retain(moves window: BoardWindow, loop: Int) {
        guard !isStopped else { return }
        if moves[window] != nil {
            moves[window]?.audience.insert(loop)
            // The first read of the loop comes with the confirmation.
            if moves[window]?.isLive == true { loops[loop].execute { $0.live.ranks.readAgain(window) } }
        } else {
            moves[window] = FollowedMoves(audience: [loop])
            listen(window)
        }
    }

    /// A loop has lost its last one.
    func release(moves window: BoardWindow, loop: Int) {
        guard moves[window]?.audience.remove(loop) != nil, moves[window]?.audience.isEmpty == true else { return }
        moves[window] = nil
        line.endListening(to: window)
    }

    private func listen(_ window: BoardWindow) {
        guard let board = boards.board(of: window) else { return }
        moves[window]?.nextListen = now + FollowedMoves.interval
        let bound = NIOLoopBound(self, eventLoop: home)
        line.listen(to: board, window: window.window) { [home] result in
            home.execute { bound.value.endListen(window, result) }
        }
    }

    private func endListen(_ window: BoardWindow, _ result: Result<Void, StoreError>) {
        guard let followed = moves[window] else { return }
        switch result {
        case .success:
            guard !followed.isLive else { return }
            moves[window]?.isLive = true
            // Moves before this were not published.
            tell(window) { $0.readAgain(window) }
        case .failure(let error):
            moves[window]?.nextListen = now + FollowedMoves.retryInterval
            // A partition that is closed opens again, and a connection that is lost comes back soon.
            guard !followed.isLive, error.kind != .closed else { return }
            moves[window]?.failures += 1
            guard followed.failures + 1 >= FollowedMoves.failuresMax else { return }
            // The store takes no writes.
            moves[window] = nil
            line.endListening(to: window)
            for loop in followed.audience { loops[loop].execute { $0.live.ranks.giveUp(window) } }
        }
    }

    private func tell(_ window: BoardWindow, _ act: @escaping @Sendable (LoopRanks) -> Void) {
        for loop in moves[window]?.audience ?? [] { loops[loop].execute { act($0.live.ranks) } }
    }
}

/// A challenge's room, for all loops of the node.
private final class ChallengeRoom {
    let challenge: String
    /// Members by loop.
    var counts: [Int: Int] = [:]
    var updates: RoomUpdates
    var presence: RoomPresence
    /// A member of each loop, for whom the room's state can be asked. It has to be one who is there: to ask makes a
    /// user a member, and another one may have been deleted.
    var users: [Int: String] = [:]
    /// Whether the room waits for its state to be asked for.
    var isReadDue = false
    /// Whether the state was asked for, and no play node has answered.
    var hasFailedRead = false
    var timer: Scheduled<Void>?

    init(_ challenge: String, gateway: String, after sequence: UInt64) {
        self.challenge = challenge
        updates = RoomUpdates(after: sequence)
        presence = RoomPresence(gateway: gateway)
    }
}

/// Moves that loops follow.
private struct FollowedMoves {
    /// Between two renewals, in ms: a third of the time for which moves are published.
    static let interval: Int64 = 10_000
    /// The same after a failure.
    static let retryInterval: Int64 = 1000
    /// After how many failures from the start clients are told that they get no rank.
    static let failuresMax = 10

    /// The loops, by index.
    var audience: Set<Int>
    /// When to renew it, in ms.
    var nextListen: Int64 = 0
    /// Whether the store has taken it once.
    var isLive = false
    /// Failures before that.
    var failures = 0

    init(audience: Set<Int>) {
        self.audience = audience
    }
}
