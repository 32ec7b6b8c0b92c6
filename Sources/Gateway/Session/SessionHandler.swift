import NIOCore

/// A watcher's WebSocket: its seats in rooms, its frames' budget, and whether it lives.
///
/// What goes out are ready frames, so there is no encoder.
final class SessionHandler: WebSocketHandler, HubSession {
    var seats: [Seat] = []
    var wheelPlace = WheelPlace.none
    let hub: LoopHub
    let pass: Pass?
    /// Whom it counts for; nil where nobody counts.
    private let account: AddressBook.Account?
    /// Where it starts. Let go of once it has, since there is one of these for each watcher.
    private var beginning: Beginning?
    private var liveness: Liveness
    /// Frames of the second `budgetSecond`.
    private var framesInSecond = 0
    private var budgetSecond: UInt32 = 0

    private final class Beginning {
        let room: RoomKey
        let resume: ResumePoint?

        init(room: RoomKey, resume: ResumePoint?) {
            self.room = room
            self.resume = resume
        }
    }

    /// - Parameters:
    ///   - room: where it starts; nil where there is no such board.
    ///   - resume: the state that the client says it has of that room.
    init(_ admission: Entrance.Admission, room: RoomKey?, resume: ResumePoint?, wire: Wire) {
        let hub = admission.hub.value
        self.hub = hub
        pass = admission.pass
        account = admission.account
        beginning = room.map { Beginning(room: $0, resume: resume) }
        liveness = Liveness(now: hub.wheel.now, settings: hub.settings.liveness, using: &hub.random)
        super.init(wire: wire)
    }

    var isOpen: Bool { phase == .open }
    var wireForm: WireForm { .webSocket(wire) }

    override var frameLimits: InboundFrames.Limits { hub.settings.frames }

    /// Enters the first room, or ends where there is none, or none for this client.
    override func opened() {
        hub.add(self)
        guard let beginning else {
            send(ServerMessage.error(.invalid(.unknownBoard)))
            return finish(.noSuchBoard)
        }
        self.beginning = nil
        do throws(ClientMessageProblem) {
            try hub.join(self, beginning.room, resume: beginning.resume)
        } catch {
            // A session without seats has room for one, so it is the token. Only here a browser's page learns of it.
            hub.status.metrics.upgradeRefused(.token)
            finish(.unauthorized, after: ServerMessage.error(error))
        }
    }

    func endUnauthorized() { finish(.unauthorized, after: ServerMessage.error(.unauthorized)) }

    /// Says when to come back, and closes.
    func sendAway(afterMilliseconds: Int) {
        finish(.restart, after: ServerMessage.reconnect(afterMilliseconds: afterMilliseconds))
    }

    override func received(_ message: ByteBuffer, isText: Bool) {
        if isText { answer(message) } else { send(ServerMessage.error(.binary)) }
    }

    override func refusal(of event: InboundFrames.Event) -> CloseCode? {
        let second = hub.wheel.now / UInt32(1000 / LoopHub.tickMilliseconds)
        if second != budgetSecond { (budgetSecond, framesInSecond) = (second, 0) }
        framesInSecond += 1
        if framesInSecond > hub.settings.framesPerSecondMax { return ended(for: .frameRate) }
        switch event {
        case .pong, .close: return nil  // Nobody is to be sent away for answering when others ask too much.
        case .text, .binary, .ping, .fragment, .violation: break
        }
        if let rate = account?.messages, !rate.admits(at: SteadyTime.nanoseconds) {
            return ended(for: .addressMessageRate)
        }
        if let rate = hub.status.messages, !rate.admits(at: SteadyTime.nanoseconds) {
            return ended(for: .nodeMessageRate)
        }
        return nil
    }

    /// Whether another room may be joined now, as far as the client's address is concerned; if not, this is the end.
    func takesJoin() -> Bool {
        guard let rate = account?.joins, !rate.admits(at: SteadyTime.nanoseconds) else { return true }
        finish(ended(for: .joinRate))
        return false
    }

    private func ended(for reason: EndReason) -> CloseCode {
        hub.status.metrics.ended(reason)
        return reason.closeCode
    }

    // MARK: Time and flow

    /// Called by the wheel at the time that was asked for.
    func visited() {
        guard phase == .open else { return cut() }
        switch liveness.visit(now: hub.wheel.now, settings: hub.settings.liveness, using: &hub.random) {
        case .alive(let again): hub.visit(self, in: again)
        case .ask(let again):
            hub.visit(self, in: again)
            // Behind what waits for a slow peer, a ping would add to it and ask nothing new.
            if isWritable { send(ServerFrame.ping) }
        case .dead: cut()
        }
    }

    override func heard() { liveness.heard(now: hub.wheel.now) }
    override func becameWritable() { hub.catchUp(self) }

    // MARK: Ends

    override func closing(on eventLoop: any EventLoop) {
        hub.leaveAll(self)
        hub.visit(self, in: hub.settings.closeTicks)
    }

    override func quiesce() { hub.drain() }
    override func added() { hub.status.connectionOpened(for: account) }

    override func ended() {
        hub.remove(self)
        hub.status.connectionClosed(for: account)
    }
}
