import Logging
import NIOCore
import NIOSSL

/// Follows one board on an event loop of yours: the light core under ``Scoreboard``, for programs that follow many
/// boards or measure.
///
/// It has one socket, no task and no lock. Everything happens on the event loop, also the calls of `onEvent`, which
/// therefore must not block. `onEvent` may call all methods of the follower.
///
///     let follower = try ScoreboardFollower(configuration, on: group.next()) { event in
///         if case .arrived(let arrival) = event { latencies.record(arrival.latencyMilliseconds) }
///     }
///     follower.start()
///
/// It follows until it is stopped or released, or until the server says not to come back.
public final class ScoreboardFollower: Sendable {
    /// The event loop on which everything happens.
    public let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<FollowerCore>

    /// Makes a follower that does nothing until ``start()``.
    ///
    /// - Parameters:
    ///   - configuration: the board, and the settings of the connection.
    ///   - eventLoop: the loop of the connection.
    ///   - logger: gets messages of the level debug, when connections come and go; never a token.
    ///   - onEvent: called with each event, in order, on the event loop.
    /// - Throws: ``ScoreboardError`` of the kind `invalidConfiguration`, which names every problem.
    public init(
        _ configuration: ScoreboardConfiguration, on eventLoop: any EventLoop, logger: Logger? = nil,
        onEvent: @escaping @Sendable (ScoreboardEvent) -> Void
    ) throws(ScoreboardError) {
        let problems = configuration.validate()
        guard problems.isEmpty, let address = ServerAddress(configuration.url) else {
            throw ScoreboardError(.invalidConfiguration, problems.joined(separator: "; "))
        }
        self.eventLoop = eventLoop
        let core = FollowerCore(
            configuration, address, tls: try Self.tls(for: address, configuration), on: eventLoop,
            logger: logger ?? Logger(label: "scorecast.client") { _ in SwiftLogNoOpLogHandler() }, tell: onEvent)
        self.core = .makeBoxSendingValue(core, eventLoop: eventLoop)
    }

    deinit { stop() }

    /// Begins to follow. Later calls do nothing.
    public func start() { onLoop { $0.start() } }

    /// Ends, with an orderly close. The last event is `ended`.
    public func stop() { onLoop { $0.stop() } }

    /// Enters the room of a challenge; ``PlayEvent/room(_:)`` follows. It is entered again after each loss.
    public func join(challenge: String) { onLoop { $0.play.join(challenge) } }

    /// Leaves the room of a challenge.
    public func leave(challenge: String) { onLoop { $0.play.leave(challenge) } }

    /// Tells the own progress in a challenge whose room was entered. The latest is sent, at most five times a second,
    /// and once the room is joined.
    public func send(_ progress: ChallengeProgress, to challenge: String) {
        onLoop { $0.play.update(progress, in: challenge) }
    }

    /// Asks for the next hint of a challenge, which may cost coins: ``PlayEvent/hint(_:)`` or
    /// ``PlayEvent/refused(_:)`` follows. A request that is lost with the connection is not sent again, since that
    /// would pay for another hint.
    public func requestHint(in challenge: String) { onLoop { $0.play.hint(in: challenge) } }

    /// The counts so far.
    public func counters() -> EventLoopFuture<ScoreboardCounters> {
        let core = core
        if eventLoop.inEventLoop { return eventLoop.makeSucceededFuture(core.value.counters) }
        return eventLoop.submit { core.value.counters }
    }

    private static func tls(
        for address: ServerAddress, _ configuration: ScoreboardConfiguration
    ) throws(ScoreboardError) -> NIOSSLContext? {
        guard address.usesTLS else { return nil }
        if let tls = configuration.tls { return tls }
        return try SystemTLS.context()
    }

    private func onLoop(_ body: @escaping @Sendable (FollowerCore) -> Void) {
        let core = core
        if eventLoop.inEventLoop { return body(core.value) }
        eventLoop.execute { body(core.value) }
    }
}
