import NIOCore

/// A watcher's WebSocket: its seats in rooms, its frames' budget, and whether it lives.
///
/// What goes out are ready frames, so there is no encoder.
final class SessionHandler: WebSocketHandler, HubSession {
    var seats: [Seat] = []
    var wheelPlace = WheelPlace.none
    let hub: LoopHub
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
    init(hub: LoopHub, room: RoomKey?, resume: ResumePoint?, wire: Wire) {
        self.hub = hub
        beginning = room.map { Beginning(room: $0, resume: resume) }
        liveness = Liveness(now: hub.wheel.now, settings: hub.settings.liveness, using: &hub.random)
        super.init(wire: wire)
    }

    var isOpen: Bool { phase == .open }
    var wireForm: WireForm { .webSocket(wire) }

    override var frameLimits: InboundFrames.Limits { hub.settings.frames }

    /// Enters the first room, or ends where there is none.
    override func opened() {
        hub.add(self)
        guard let beginning else {
            send(ServerMessage.error(.invalid(.unknownBoard)))
            return finish(.noSuchBoard)
        }
        // A session without seats has room for one.
        self.beginning = nil
        try? hub.enter(self, beginning.room, resume: beginning.resume)
    }

    /// Says when to come back, and closes.
    func sendAway(afterMilliseconds: Int) {
        finish(.restart, after: ServerMessage.reconnect(afterMilliseconds: afterMilliseconds))
    }

    override func received(_ message: ByteBuffer, isText: Bool) {
        if isText { answer(message) } else { send(ServerMessage.error(.binary)) }
    }

    override func takesFrame() -> Bool {
        let second = hub.wheel.now / UInt32(1000 / LoopHub.tickMilliseconds)
        if second != budgetSecond { (budgetSecond, framesInSecond) = (second, 0) }
        framesInSecond += 1
        return framesInSecond <= hub.settings.framesPerSecondMax
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
    override func added() { hub.status.connectionOpened() }

    override func ended() {
        hub.remove(self)
        hub.status.connectionClosed()
    }
}
