import Basics
import Logging
import NIOCore
import NIOSSL
import NIOWebSocket

/// The shell of one follower: carries out the decisions of ``ConnectionPlan``, gives messages to ``Standings``, and
/// keeps both apart from the socket. It belongs to one event loop; its timers and channels keep it alive while it runs.
final class FollowerCore {
    let configuration: ScoreboardConfiguration
    let address: ServerAddress
    let tls: NIOSSLContext?
    let eventLoop: any EventLoop
    let logger: Logger
    private let tell: @Sendable (ScoreboardEvent) -> Void

    private var plan: ConnectionPlan
    private var standings = Standings()
    private(set) var counters = ScoreboardCounters()
    /// The code of the last error message of this connection; it explains a close code that follows.
    private var complaint: String?
    /// Whether a top came on this connection.
    private var gotTop = false
    /// Whether the server refused the token of the last connection.
    private(set) var wasTokenRefused = false
    /// Whether the server said on this connection that it receives no changes.
    private var isStale = false

    /// Counts attempts, so that late results of earlier ones can be recognized.
    var attempt = 0
    var timer: Scheduled<Void>?
    var tokenTask: Task<Void, Never>?
    var handshake: HandshakeHandler?
    private var link: LinkHandler?
    /// The token of the present attempt.
    var token: String?
    /// Challenges, notifications, and the user's own place.
    private(set) lazy var play = PlayCore(configuration, tls: tls, on: eventLoop) { [unowned self] event in
        // A callback may have stopped it.
        if !plan.isEnded { tell(.play(event)) }
    }

    init(
        _ configuration: ScoreboardConfiguration, _ address: ServerAddress, tls: NIOSSLContext?,
        on eventLoop: any EventLoop, logger: Logger, tell: @escaping @Sendable (ScoreboardEvent) -> Void
    ) {
        self.configuration = configuration
        self.address = address
        self.tls = tls
        self.eventLoop = eventLoop
        self.logger = logger
        self.tell = tell
        plan = ConnectionPlan(configuration)
    }

    /// Begins; once only.
    func start() { perform(plan.start()) }

    /// Ends, with an orderly close if a connection is open.
    func stop() { perform(plan.stop()) }

    /// The state from which the next connection asks to continue.
    var resumePoint: String? { standings.resumePoint }

    // MARK: Steps

    private func perform(_ step: ConnectionPlan.Step) {
        switch step {
        case .nothing: break
        case .connect:
            counters.connects += 1
            complaint = nil
            gotTop = false
            isStale = false
            beginAttempt()
        case .wait(let time):
            timer = after(time) { $0.perform($0.plan.waited()) }
        case .end(let error):
            release()
            logger.debug("Scoreboard ended", metadata: ["error": "\(error.map(\.description) ?? "none")"])
            tell(.ended(error))
        }
    }

    /// Runs on the loop after a time, unless the timer is cancelled.
    func after(_ time: Duration, _ body: @escaping (FollowerCore) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [self] in body(self) }
    }

    /// The attempt is over, and its late results must be ignored.
    private func release() {
        attempt += 1
        timer?.cancel()
        timer = nil
        tokenTask?.cancel()
        tokenTask = nil
        handshake?.cancel()
        handshake = nil
        link?.leave(.normalClosure)
        link = nil
        play.lost()
    }

    /// Ends without another attempt, because the provider said so.
    func end(_ error: ScoreboardError) { perform(plan.stop(error)) }

    /// Ends the connection from our side.
    private func leave(_ loss: ScoreboardLoss, with code: WebSocketErrorCode) {
        let heardFor = link?.heardFor ?? .zero
        link?.leave(code)
        link = nil
        lost(loss, heardFor: heardFor)
    }
}

// MARK: - What the connection says

extension FollowerCore: LinkOwner {
    func opened(_ link: LinkHandler) {
        handshake = nil
        guard plan.opened() else { return link.leave(.normalClosure) }
        self.link = link
        let isResuming = standings.resumePoint != nil
        counters.opens += 1
        if isResuming { counters.resumes += 1 }
        logger.debug("Scoreboard connected", metadata: ["resuming": "\(isResuming)"])
        tell(.opened(resuming: isResuming))
        guard self.link === link else { return }
        // The address of the connection has no place for this: the room of the address is joined again with it.
        if configuration.me { link.send(UpgradeRequest.joinWithPlace(configuration, resumePoint: resumePoint)) }
        play.opened(link, token: token)
    }

    func pinged() { counters.pings += 1 }

    func lost(_ loss: ScoreboardLoss, heardFor: Duration) {
        let step = plan.lost(
            loss, heardFor: heardFor, gotTop: gotTop, complaint: complaint, draw: .random(in: 0...1))
        guard step != .nothing else { return }
        release()
        wasTokenRefused = loss.isUnauthorized
        count(loss)
        if case .wait(let wait) = step {
            logger.debug(
                "Scoreboard lost", metadata: ["reason": "\(loss.name)", "wait_ms": "\(wait / .milliseconds(1))"])
            tell(.lost(loss, wait: wait))
        }
        // `onEvent` may have stopped it.
        if case .wait = step, plan.isEnded { return }
        perform(step)
    }

    private func count(_ loss: ScoreboardLoss) {
        counters.losses += 1
        switch loss {
        case .refused: counters.refusals += 1
        case .silent: counters.silences += 1
        // The state had a fault, so ask for a snapshot.
        case .misfit, .broken: standings.forget()
        default: break
        }
    }

    func received(_ message: ByteBuffer) {
        let receivedAt = WallClock.microseconds()
        counters.messages += 1
        counters.bytes += message.readableBytes
        let bytesMax = configuration.messageBytesMax
        let read = message.withUnsafeReadableBytes { bytes in
            Result { try ServerMessage(bytes, bytesMax: bytesMax) }
        }
        switch read {
        case .failure(let error): leave(.broken("\(error)"), with: .dataInconsistentWithMessage)
        case .success(.state(let state, let isSnapshot)):
            let arrival = ScoreboardArrival(
                kind: isSnapshot ? .snapshot : .update, epoch: state.epoch, version: state.version, at: state.at,
                receivedAtMicroseconds: receivedAt, bytes: message.readableBytes)
            take(standings.take(state), arrival)
        case .success(.delta(let delta)):
            let arrival = ScoreboardArrival(
                kind: .delta, epoch: delta.epoch, from: delta.from, version: delta.version, at: delta.at,
                receivedAtMicroseconds: receivedAt, bytes: message.readableBytes)
            take(standings.take(delta), arrival)
        case .success(.reconnect(let time)): leave(.askedToReconnect(after: time), with: .goingAway)
        case .success(.stale(let since)):
            counters.stales += 1
            isStale = true
            tell(.stale(since: since))
        case .success(.current):
            // If the connection was never stale, there is nothing to revoke.
            if isStale { tell(.current) }
            isStale = false
        case .success(.error(let code, let words)):
            counters.errors += 1
            // A refusal of a challenge says nothing about the rest of the connection.
            if (try? play.take(message)) == true { return }
            complaint = code
            tell(.complaint(code: code, message: words))
        case .success(.other):
            do { _ = try play.take(message) } catch { leave(.broken("\(error)"), with: .dataInconsistentWithMessage) }
        }
    }

    private func take(_ outcome: Standings.Outcome, _ arrival: ScoreboardArrival) {
        gotTop = true
        var arrival = arrival
        switch arrival.kind {
        case .snapshot: counters.snapshots += 1
        case .update: counters.updates += 1
        case .delta: counters.deltas += 1
        }
        switch outcome {
        case .changed(let state):
            counters.lastEpoch = state.epoch
            counters.lastVersion = state.version
            counters.lastAt = state.at
            tell(.arrived(arrival))
            if !plan.isEnded { tell(.changed(state)) }
        case .notNewer:
            counters.notNewer += 1
            arrival.outcome = .notNewer
            tell(.arrived(arrival))
        case .misfit:
            counters.misfits += 1
            arrival.outcome = .misfit
            tell(.arrived(arrival))
            leave(.misfit, with: .normalClosure)
        }
    }
}
