import Logging
import NIOCore
import NIOPosix

/// A live leaderboard of a Scorecast server, as a sequence of states. The way in to this library.
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
/// Each loop has a connection of its own, which begins with the loop and ends with it. Lost connections are made anew
/// with backoff and jitter, and go on from the state that is there; the sequence shows nothing of it. It ends when its
/// task is cancelled, and throws ``ScoreboardError`` when the server says not to come back: no such board, a token that
/// is not accepted.
///
/// States are whole tops, with deltas already applied. Only the newest one waits for the reader: a slow reader skips
/// states, and never holds up the connection. Within an epoch versions only grow.
///
/// For a private board give a token, or where to get one each time a connection is made:
///
///     configuration.token = .provider { try await session.freshToken() }
///
/// How the parts lie: ``ScoreboardFollower`` is the core without tasks, for many connections on few event loops. The
/// decisions are made apart from the socket: when to connect (`ConnectionPlan`), what messages mean (`ServerMessage`),
/// what of it is news (`Standings`).
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
    ///   - configuration: what to follow.
    ///   - eventLoopGroup: where connections live; by default, threads that the process shares.
    ///   - logger: gets messages of the level debug, when connections come and go.
    ///   - onEvent: told what happens to the connections, to show whether what is seen is current. It is called on an
    ///     event loop, and must not block.
    /// - Throws: ``ScoreboardError`` of the kind `invalidConfiguration`, which names all that is wrong.
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
                // The stream holds the follower, and stops it when nobody reads any more.
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
        /// - Throws: ``ScoreboardError`` when the server says not to come back.
        public mutating func next() async throws -> ScoreboardState? {
            try await states.next()
        }
    }
}
