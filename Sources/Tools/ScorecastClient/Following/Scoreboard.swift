import Logging
import NIOCore
import NIOPosix

/// A live leaderboard of a Scorecast server, as a sequence of states. Start with this type.
///
///     import ScorecastClient
///
///     var configuration = ScoreboardConfiguration(url: "wss://scores.example.com")
///     configuration.board = "global"
///     configuration.limit = 3
///
///     for try await state in try Scoreboard(configuration) {
///         for entry in state.entries { print(entry.rank, entry.userID, entry.score) }
///     }
///
/// Each loop has a connection of its own, which begins and ends with the loop. Lost connections are made again with
/// backoff and jitter, and continue from the last state; the sequence does not show this. It ends when its task is
/// cancelled, and throws ``ScoreboardError`` if the server says not to come back: no such board, a token that is not
/// accepted.
///
/// States are whole tops, with deltas already applied. Only the newest state waits for the reader: a slow reader skips
/// states, and never delays the connection. Within an epoch versions only grow.
///
/// For a private board, give a token, or a function that gets one for each connection:
///
///     configuration.token = .provider { try await session.freshToken() }
///
/// The same connection carries challenges, notifications and the user's own place: see ``PlayEvent``, and the methods
/// of ``ScoreboardFollower`` to take part.
///
/// The parts: ``ScoreboardFollower`` is the core without tasks, for many connections on few event loops. Decisions are
/// made apart from the socket: when to connect (`ConnectionPlan`), how to read messages (`ServerMessage`), which of
/// them are news (`Standings`).
public struct Scoreboard: AsyncSequence, Sendable {
    /// The newest state.
    public typealias Element = ScoreboardState

    private let configuration: ScoreboardConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger?
    private let onEvent: (@Sendable (ScoreboardEvent) -> Void)?

    /// A board to follow. Nothing is sent before a loop begins.
    ///
    /// - Parameters:
    ///   - configuration: the board, and the settings of the connection.
    ///   - eventLoopGroup: the event loops of the connections; by default, threads that the process shares.
    ///   - logger: gets messages of the level debug, when connections come and go.
    ///   - onEvent: called with the events of the connections, so that an app can show whether its state is current. It
    ///     is called on an event loop, and must not block.
    /// - Throws: ``ScoreboardError`` of the kind `invalidConfiguration`, which names every problem.
    public init(
        _ configuration: ScoreboardConfiguration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger? = nil,
        onEvent: (@Sendable (ScoreboardEvent) -> Void)? = nil
    ) throws(ScoreboardError) {
        let problems = configuration.validate()
        guard problems.isEmpty else {
            throw ScoreboardError(.invalidConfiguration, problems.joined(separator: "; "))
        }
        self.configuration = configuration
        group = eventLoopGroup
        self.logger = logger
        self.onEvent = onEvent
    }

    /// Connects.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(stream().makeAsyncIterator())
    }

    private func stream() -> AsyncThrowingStream<ScoreboardState, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            do {
                let onEvent = onEvent
                let follower = try ScoreboardFollower(configuration, on: group.next(), logger: logger) { event in
                    onEvent?(event)
                    switch event {
                    case .changed(let state): continuation.yield(state)
                    case .ended(let error): continuation.finish(throwing: error)
                    default: break
                    }
                }
                // The stream owns the follower, and stops it when the reader is gone.
                continuation.onTermination = { _ in follower.stop() }
                follower.start()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    /// Reads the states of one connection.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var states: AsyncThrowingStream<ScoreboardState, any Error>.AsyncIterator

        fileprivate init(_ states: AsyncThrowingStream<ScoreboardState, any Error>.AsyncIterator) {
            self.states = states
        }

        /// Waits for a state that is newer than the last one.
        ///
        /// - Returns: nil when the task is cancelled.
        /// - Throws: ``ScoreboardError`` if the server says not to come back.
        public mutating func next() async throws -> ScoreboardState? {
            try await states.next()
        }
    }
}
