import Access
import EventLoops
import Leaderboard
import NIOCore
import WebSocket

/// A watcher's WebSocket: its seats in rooms, the budget of its frames, and whether the watcher is still there.
///
/// It sends frames that are ready, so its pipeline has no encoder.
final class SessionHandler: WebSocketHandler, HubSession {
    var seats: [Seat] = []
    var wheelPlace = WheelPlace.none
    let hub: LoopHub
    let watcherToken: WatcherToken?
    /// The quota that it counts against; nil if there is none.
    private let quota: ClientQuotas.Quota?
    var noticeNumber: UInt32 = 0
    /// What it follows as a user; nil without the token of a user.
    private(set) var live: LiveSession?
    /// The first room; nil once it has started, since each watcher would keep the memory.
    private var start: Start?
    private var liveness: Liveness
    /// Frames that came in the second `budgetSecond`.
    private var framesInSecond = 0
    private var budgetSecond: UInt32 = 0

    private final class Start {
        let beginning: Result<Beginning, RankingProblem>
        let userID: String?
        let mayPlay: Bool
        let wantsNotifications: Bool

        init(
            _ beginning: Result<Beginning, RankingProblem>, _ admission: ConnectionAdmission.Admission,
            wantsNotifications: Bool
        ) {
            self.beginning = beginning
            userID = admission.userID
            mayPlay = admission.mayPlay
            self.wantsNotifications = wantsNotifications
        }
    }

    /// - Parameters:
    ///   - beginning: the first room, or why there is no such room.
    ///   - wantsNotifications: whether the client asked for the user's notifications.
    init(
        _ admission: ConnectionAdmission.Admission, beginning: Result<Beginning, RankingProblem>,
        wantsNotifications: Bool, compression: Compression
    ) {
        let hub = admission.hub.value
        self.hub = hub
        watcherToken = admission.watcherToken
        quota = admission.quota
        start = Start(beginning, admission, wantsNotifications: wantsNotifications)
        var random = SystemRandomNumberGenerator()
        liveness = Liveness(now: hub.now, settings: hub.settings.liveness, using: &random)
        super.init(compression: compression)
    }

    var encoding: MessageEncoding { .webSocket(compression) }

    override var frameLimits: InboundFrames.Limits { hub.settings.frames }

    override func install(on channel: any Channel) throws {
        try SocketOptions.set(on: channel)
        try super.install(on: channel)
    }

    /// Enters the first room, or ends if there is no such room or the client may not be in it. A browser's page can
    /// learn the reason only after the handshake.
    override func didOpen() {
        hub.add(self)
        guard let start else { return }
        self.start = nil
        do throws(ClientMessageProblem) {
            try begin(start)
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

    /// Messages to the user of the token reach the connection from now on.
    private func begin(_ start: Start) throws(ClientMessageProblem) {
        if let userID = start.userID, Names.isUserID(userID) {
            let live = LiveSession(
                self, userID: userID, wantsNotifications: start.wantsNotifications, mayPlay: start.mayPlay)
            if hub.visitLater(live) {
                self.live = live
                hub.live.add(live)
            }
        }
        guard start.wantsNotifications else { return }
        guard let live else { throw .unauthorized }
        guard live.mayPlay else { throw .forbidden }
    }

    /// The token has ended. Messages to its user do not reach the connection any more.
    func endLive() {
        guard let live else { return }
        hub.live.remove(live)
        self.live = nil
    }

    func end(_ problem: ClientMessageProblem) {
        finish(problem.closeCode, reason: problem.message, after: ServerMessage.error(problem))
    }

    /// Says when to come back, and closes.
    func sendAway(afterMilliseconds: Int) {
        finish(.restart, after: ServerMessage.reconnect(afterMilliseconds: afterMilliseconds))
    }

    override func receive(_ message: ByteBuffer, isText: Bool) {
        if isText { answer(message) } else { send(ServerMessage.error(.binary)) }
    }

    override func countFrame(_ frame: InboundFrames.Incoming) -> CloseCode? {
        let second = hub.now / UInt32(1000 / LoopHub.tickMilliseconds)
        if second != budgetSecond { (budgetSecond, framesInSecond) = (second, 0) }
        framesInSecond += 1
        if framesInSecond > hub.settings.connectionMessagesMax { return end(for: .frameRate) }
        switch frame {
        // Answers to the server's own frames are not counted with the frames of others.
        case .pong, .close: return nil
        case .text, .binary, .ping, .fragment, .violation: break
        }
        if let rate = quota?.messages, !rate.admits(at: SteadyTime.nanoseconds) {
            return end(for: .addressMessageRate)
        }
        if let rate = hub.status.messages, !rate.admits(at: SteadyTime.nanoseconds) {
            return end(for: .nodeMessageRate)
        }
        return nil
    }

    /// Counts a room to join against the client address. If it has joined too many, ends the connection and returns
    /// false.
    func countJoin() -> Bool {
        guard let rate = quota?.joins, !rate.admits(at: SteadyTime.nanoseconds) else { return true }
        finish(end(for: .joinRate))
        return false
    }

    private func end(for reason: EndReason) -> CloseCode {
        hub.status.metrics.recordEnd(reason)
        return reason.closeCode
    }

    // MARK: Time and flow

    /// Called by the hub at the tick that was asked for.
    func checkLiveness() {
        guard isOpen else { return cut() }
        var random = SystemRandomNumberGenerator()
        switch liveness.visit(now: hub.now, settings: hub.settings.liveness, using: &random) {
        case .alive(let again): hub.schedule(self, in: again)
        case .ask(let again):
            hub.schedule(self, in: again)
            // For a slow peer, a ping would add to the bytes that wait, and ask nothing new.
            if isWritable { send(ServerFrame.ping) }
        case .dead: cut()
        }
    }

    override func didHear() { liveness.recordSign(now: hub.now) }
    override func didBecomeWritable() { hub.catchUp(self) }

    // MARK: Ends

    override func willClose(on eventLoop: any EventLoop) {
        hub.leaveAll(self)
        hub.schedule(self, in: hub.settings.closeWaitTicks)
    }

    override func quiesce() { hub.drain() }
    override func didEnterPipeline() { hub.status.addConnection(for: quota) }

    override func didEnd() {
        hub.remove(self)
        hub.status.removeConnection(for: quota)
    }
}
