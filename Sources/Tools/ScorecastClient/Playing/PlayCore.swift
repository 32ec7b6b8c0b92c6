import Basics
import NIOCore
import NIOSSL
import StrictJSON

/// The shell of ``PlayPlan``: sends what is due, and reads missed notifications. It belongs to the event loop of its
/// follower, and tells it what happens.
final class PlayCore {
    private var plan: PlayPlan
    private let eventLoop: any EventLoop
    private let missed: MissedNotifications?
    private let backoff: Backoff
    private let tell: (PlayEvent) -> Void
    private var link: LinkHandler?
    private var timer: Scheduled<Void>?
    /// The reading of missed notifications, and the pause before the next attempt.
    private var reading: Task<Void, Never>?
    private var pause: Scheduled<Void>?
    private var failures = 0
    /// Counts connections, so that late results for earlier ones can be recognized.
    private var turn = 0

    init(
        _ configuration: ScoreboardConfiguration, tls: NIOSSLContext?, on eventLoop: any EventLoop,
        tell: @escaping (PlayEvent) -> Void
    ) {
        backoff = Backoff(base: configuration.backoffBase, cap: configuration.backoffCap, least: .milliseconds(10))
        plan = PlayPlan(challenges: configuration.challenges, backoff: backoff)
        missed = configuration.notifications ? MissedNotifications(configuration, tls: tls, on: eventLoop) : nil
        self.eventLoop = eventLoop
        self.tell = tell
    }

    private var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    // MARK: What the app wants

    func join(_ challenge: String) {
        plan.join(challenge).map(tell)
        flush()
    }

    func leave(_ challenge: String) {
        if let request = plan.leave(challenge) { link?.send(request.json) }
    }

    func update(_ progress: ChallengeProgress, in challenge: String) {
        plan.update(progress, in: challenge).map(tell)
        flush()
    }

    func hint(in challenge: String) {
        let (request, event) = plan.hint(in: challenge)
        if let request { link?.send(request.json) }
        event.map(tell)
    }

    // MARK: The connection

    func opened(_ link: LinkHandler, token: String?) {
        self.link = link
        turn += 1
        plan.opened()
        flush()
        guard let missed, let token else { return }
        failures = 0
        read(missed, token, for: turn)
    }

    func lost() {
        link = nil
        turn += 1
        plan.lost(now: now)
        timer?.cancel()
        pause?.cancel()
        reading?.cancel()
        (timer, pause, reading) = (nil, nil, nil)
    }

    /// Takes a message that is not about the top.
    ///
    /// - Returns: false if it is about nothing of this either.
    /// - Throws: `JSONError` and ``PlayMessage/Malformed``.
    func take(_ bytes: ByteBuffer) throws -> Bool {
        let json = try bytes.withUnsafeReadableBytes { raw in try JSONValue(raw) }
        guard let message = try PlayMessage(json) else { return false }
        // A refusal of a room that is gone says nothing to anybody.
        plan.take(message, now: now, draw: .random(in: 0...1)).map(tell)
        flush()
        return true
    }

    // MARK: What is due

    private func flush() {
        timer?.cancel()
        timer = nil
        guard let link else { return }
        let (requests, next) = plan.due(now: now)
        for request in requests { link.send(request.json) }
        guard let next else { return }
        timer = after(.milliseconds(max(next - now, 1))) { $0.flush() }
    }

    private func after(_ time: TimeAmount, _ body: @escaping (PlayCore) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            if let self { body(self) }
        }
    }

    private func read(_ missed: MissedNotifications, _ token: String, for turn: Int) {
        let (core, eventLoop) = (NIOLoopBound(self, eventLoop: eventLoop), eventLoop)
        reading = Task {
            let answer: Result<[ScorecastNotification], any Error>
            do { answer = .success(try await missed.read(token: token)) } catch { answer = .failure(error) }
            eventLoop.execute { core.value.took(answer, token, for: turn) }
        }
    }

    private func took(_ answer: Result<[ScorecastNotification], any Error>, _ token: String, for turn: Int) {
        guard turn == self.turn, let missed else { return }
        reading = nil
        switch answer {
        case .success(let notifications):
            for notification in notifications where turn == self.turn && plan.isNew(notification.id) {
                tell(.notification(notification))
            }
        case .failure(let refused as MissedNotifications.Refused):
            tell(.missedNotificationsRefused(status: refused.status))
        case .failure:
            failures += 1
            let wait = backoff.wait(failures: failures + 2)
            pause = after(TimeAmount(wait)) { $0.read(missed, token, for: turn) }
        }
    }
}
