import EventLoops
import Leaderboard
import NIOCore
import Players
import WebSocket

/// The signed-in WebSockets of one event loop, and the challenge rooms that they are in. Not thread-safe; lives on its
/// loop.
final class LoopLive {
    /// The ranks that clients of this loop follow.
    let ranks: LoopRanks
    private let eventLoop: any EventLoop
    private let index: Int
    /// The way to the node's live line; nil on a node without one.
    private let desk: LoopReference<LiveDesk>?
    private let now: @Sendable () -> Int64
    private var users: [ByteExact: [LiveSession]] = [:]
    private var shards: [Int: Int] = [:]
    private var rooms: [String: LoopChallenge] = [:]
    /// Rooms whose members wait for their turn, the next one first.
    private var due = CircularBuffer<LoopChallenge>()

    /// - Parameters:
    ///   - index: how `desk` knows this loop.
    ///   - now: ms since 1970.
    init(
        eventLoop: any EventLoop, index: Int, desk: LoopReference<LiveDesk>?, now: @escaping @Sendable () -> Int64,
        ranks: LoopRanks
    ) {
        self.eventLoop = eventLoop
        self.index = index
        self.desk = desk
        self.now = now
        self.ranks = ranks
    }

    // MARK: Users

    /// Messages to the user reach this connection from now on.
    func add(_ live: LiveSession) {
        guard let desk else { return }
        users[ByteExact(live.userID), default: []].append(live)
        let shard = LiveShard.shard(of: live.userID)
        shards[shard, default: 0] += 1
        if shards[shard] == 1 { desk.execute { [index] in $0.retain(shard: shard, loop: index) } }
    }

    /// Messages to the user do not reach this connection any more, and it leaves everything that needs a token.
    func remove(_ live: LiveSession) {
        for seat in live.challenges { leave(seat) }
        ranks.leaveAll(live)
        let user = ByteExact(live.userID)
        guard let desk, var sessions = users[user], let place = sessions.firstIndex(where: { $0 === live })
        else { return }
        sessions.remove(at: place)
        users[user] = sessions.isEmpty ? nil : sessions
        let shard = LiveShard.shard(of: live.userID)
        shards[shard, default: 1] -= 1
        guard shards[shard] == 0 else { return }
        shards[shard] = nil
        desk.execute { [index] in $0.release(shard: shard, loop: index) }
    }

    /// Sends a message to the user's connections.
    func deliver(_ message: UserMessage) {
        guard let sessions = users[ByteExact(message.userID)] else { return }
        for live in sessions where live.mayPlay && (live.wantsNotifications || !message.isNotification) {
            guard let session = live.session else { continue }
            live.send(ServerMessage.ready(message.text, as: session.encoding))
        }
    }

    // MARK: Challenge rooms

    /// Lets a connection into a challenge's room, if a play node allows that.
    ///
    /// - Parameter roomsMax: rooms that the connection may be in, with those of boards.
    func join(_ live: LiveSession, _ challenge: String, roomsMax: Int) throws(ClientMessageProblem) {
        guard let desk else { throw .noPlay }
        let seat: ChallengeSeat
        if let known = live.seat(in: challenge) {
            seat = known
        } else {
            let boards = live.session?.seats.count ?? 0
            guard boards + live.challenges.count < roomsMax else { throw .tooManyRooms }
            seat = room(challenge).enter(live)
            live.challenges.append(seat)
            occupy(seat.room, desk)
        }
        ask(seat, desk)
    }

    /// Sends what a member is owed about a room. Called when the client is writable again.
    func catchUp(_ seat: ChallengeSeat) {
        guard seat.isAnswerOwed, let desk else { return seat.room.catchUp(seat) }
        seat.isAnswerOwed = false
        ask(seat, desk)
    }

    private func ask(_ seat: ChallengeSeat, _ desk: LoopReference<LiveDesk>) {
        let call = RoomCall(challenge: seat.room.challenge, userID: seat.live.userID, act: .join)
        let bound = NIOLoopBound((self, seat), eventLoop: eventLoop)
        desk.execute { [eventLoop] desk in
            desk.join(call) { joined in
                eventLoop.execute {
                    let (loop, seat) = bound.value
                    loop.endJoin(seat, joined)
                }
            }
        }
    }

    private func endJoin(_ seat: ChallengeSeat, _ joined: LiveDesk.Joined) {
        guard !seat.hasLeft, let session = seat.live.session, session.isOpen else { return }
        if case .done(let progress) = joined.answer {
            // It may be long, so it is not kept for a slow client. If it were dropped, the client would wait for it.
            guard session.isWritable else {
                seat.isAnswerOwed = true
                return
            }
            seat.isJoined = true
            seat.sequence = max(seat.sequence, joined.sequence)
            seat.live.send(
                ServerMessage.joined(
                    seat.room.challenge, present: joined.present, progress: progress, as: session.encoding))
            return seat.room.catchUp(seat)
        }
        tell(joined.answer, to: seat)
        // A member who joins again, and finds no play node, stays.
        if !seat.isJoined { leave(seat) }
    }

    /// Tells a member that its message was refused, or sends the message that a play node made for it.
    private func tell(_ answer: RoomAnswer, to seat: ChallengeSeat) {
        guard let session = seat.live.session else { return }
        let problem: ClientMessageProblem
        switch answer {
        case .done: return
        case .message(let text): return seat.live.send(ServerMessage.ready(text, as: session.encoding))
        case .refused(let code, let message): problem = .refused(code: code, message: message)
        case .unavailable: problem = .noPlay
        }
        seat.live.send(ServerMessage.error(problem, challenge: seat.room.challenge))
    }

    /// Takes a connection out of a challenge's room.
    func leave(_ live: LiveSession, _ challenge: String) throws(ClientMessageProblem) {
        guard let seat = live.seat(in: challenge) else { throw .notJoined }
        leave(seat)
    }

    private func leave(_ seat: ChallengeSeat) {
        let room = seat.room
        room.leave(seat)
        seat.live.challenges.removeAll { $0 === seat }
        if room.seats.isEmpty { rooms[room.challenge] = nil }
        if let desk { occupy(room, desk) }
    }

    /// Takes progress of a member.
    ///
    /// - Parameter state: a JSON value; nil for none.
    func take(
        _ progress: Int, state: String?, of live: LiveSession, in challenge: String
    ) throws(ClientMessageProblem) {
        guard let seat = live.seat(in: challenge), seat.isJoined else { throw .notJoined }
        if let next = seat.take(progress, state: state, stamp: now() * 1000) { send(next, seat) }
    }

    private func send(_ progress: RoomProgress, _ seat: ChallengeSeat) {
        call(.progress(progress), seat) { loop, seat, answer in
            loop.tell(answer, to: seat)
            if let next = seat.endSending() { loop.send(next, seat) }
        }
    }

    /// Takes the next hint for a member.
    func takeHint(for live: LiveSession, in challenge: String) throws(ClientMessageProblem) {
        guard let seat = live.seat(in: challenge), seat.isJoined else { throw .notJoined }
        call(.hint, seat) { loop, seat, answer in loop.tell(answer, to: seat) }
    }

    private func call(
        _ act: RoomCall.Act, _ seat: ChallengeSeat,
        then: @escaping @Sendable (LoopLive, ChallengeSeat, RoomAnswer) -> Void
    ) {
        guard let desk else { return }
        let call = RoomCall(challenge: seat.room.challenge, userID: seat.live.userID, act: act)
        let bound = NIOLoopBound((self, seat), eventLoop: eventLoop)
        desk.execute { [eventLoop] desk in
            desk.call(call) { answer in
                eventLoop.execute {
                    let (loop, seat) = bound.value
                    then(loop, seat, answer)
                }
            }
        }
    }

    private func room(_ challenge: String) -> LoopChallenge {
        if let known = rooms[challenge] { return known }
        let room = LoopChallenge(challenge)
        rooms[challenge] = room
        return room
    }

    private func occupy(_ room: LoopChallenge, _ desk: LoopReference<LiveDesk>) {
        let (challenge, count) = (room.challenge, room.seats.count)
        let user = room.seats.last?.live.userID
        desk.execute { [index] in $0.occupy(challenge, loop: index, count: count, user: user) }
    }

    // MARK: Sending

    /// Sends a message of a room to its members on this loop, a slice at a time.
    func deliver(_ publication: RoomPublication) {
        guard let room = rooms[publication.challenge] else { return }
        let waits = room.isDue
        guard room.take(publication), !waits else { return }
        if due.isEmpty {
            room.push(slice: LoopSlices.itemsMax)
            guard room.isDue else { return }
        }
        due.append(room)
        if due.count == 1 { scheduleSlice() }
    }

    /// There is one task for all rooms, as in `PushQueue`.
    private func scheduleSlice() {
        eventLoop.assumeIsolated().scheduleTask(in: LoopSlices.pause) { [self] in
            guard let room = due.popFirst() else { return }
            room.push(slice: LoopSlices.itemsMax)
            if room.isDue { due.append(room) }
            if !due.isEmpty { scheduleSlice() }
        }
    }
}
