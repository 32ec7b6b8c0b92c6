import Access
import Leaderboard
import NIOCore

/// A watcher's WebSocket: its seats in rooms, its frames' budget, and whether it lives.
///
/// What goes out are ready frames, so there is no encoder.
final class SessionHandler: WebSocketHandler, HubSession {
    var seats: [Seat] = []
    var wheelPlace = WheelPlace.none
    let hub: LoopHub
    let watcherToken: WatcherToken?
    /// Whom it counts for; nil where nobody counts.
    private let quota: ClientQuotas.Quota?
    var noticeNumber: UInt32 = 0
    /// Where it starts. Let go of once it has, since there is one of these for each watcher.
    private var start: Start?
    private var liveness: Liveness
    /// Frames of the second `budgetSecond`.
    private var framesInSecond = 0
    private var budgetSecond: UInt32 = 0

    private final class Start {
        let beginning: Result<Beginning, RankingProblem>

        init(_ beginning: Result<Beginning, RankingProblem>) {
            self.beginning = beginning
        }
    }

    /// - Parameter beginning: where it starts, or why there is no such room.
    init(
        _ admission: ConnectionAdmission.Admission, beginning: Result<Beginning, RankingProblem>,
        compression: Compression
    ) {
        let hub = admission.hub.value
        self.hub = hub
        watcherToken = admission.watcherToken
        quota = admission.quota
        start = Start(beginning)
        liveness = Liveness(now: hub.wheel.now, settings: hub.settings.liveness, using: &hub.random)
        super.init(compression: compression)
    }

    var isOpen: Bool { phase == .open }
    var encoding: MessageEncoding { .webSocket(compression) }

    override var frameLimits: InboundFrames.Limits { hub.settings.frames }

    /// Enters the first room, or ends if there is none, or none for this client. Only here a browser's page learns of
    /// it.
    override func opened() {
        hub.add(self)
        guard let start else { return }
        self.start = nil
        do throws(ClientMessageProblem) {
            switch start.beginning {
            case .success(let beginning): try hub.join(self, beginning.room, resume: beginning.resume)
            case .failure(let problem): throw .about(problem)
            }
            hub.notify(self)
        } catch {
            hub.status.metrics.recordRefusal(error.reason)
            end(error)
        }
    }

    func end(_ problem: ClientMessageProblem) {
        finish(problem.closeCode, reason: problem.message, after: ServerMessage.error(problem))
    }

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
        if let rate = quota?.messages, !rate.admits(at: SteadyTime.nanoseconds) {
            return ended(for: .addressMessageRate)
        }
        if let rate = hub.status.messages, !rate.admits(at: SteadyTime.nanoseconds) {
            return ended(for: .nodeMessageRate)
        }
        return nil
    }

    /// Whether another room may be joined now, as far as the client's address is concerned; if not, this is the end.
    func takesJoin() -> Bool {
        guard let rate = quota?.joins, !rate.admits(at: SteadyTime.nanoseconds) else { return true }
        finish(ended(for: .joinRate))
        return false
    }

    private func ended(for reason: EndReason) -> CloseCode {
        hub.status.metrics.recordEnd(reason)
        return reason.closeCode
    }

    // MARK: Time and flow

    /// Called by the wheel at the time that was asked for.
    func checkLiveness() {
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
    override func added() { hub.status.addConnection(for: quota) }

    override func ended() {
        hub.remove(self)
        hub.status.removeConnection(for: quota)
    }
}
