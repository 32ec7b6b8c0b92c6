import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A local server that speaks the form of the AI service, for tests and demonstrations. It makes its answers from a few
/// words, and can be slow, wrong or dead.
///
/// Beside the two paths of the service it has `GET /fake/mode`, which tells the mode and the number of requests, and
/// `POST /fake/mode` with `{"mode":"good|slow|wrong|dead","ms"?,"kind"?}`, which changes the mode while it runs.
public final class FakeAI: Sendable {
    /// What the connections share.
    struct State {
        var mode: FakeAIMode
        var counts: [FakeAIQuestion: Int] = [:]
        /// The last value of `Authorization`, and the last body, of a question.
        var authorization: String?
        var body = ""
    }

    private let channel: any Channel
    private let state: NIOLockedValueBox<State>

    private init(channel: any Channel, state: NIOLockedValueBox<State>) {
        self.channel = channel
        self.state = state
    }

    /// Starts a server on 127.0.0.1.
    ///
    /// - Parameters:
    ///   - port: 0 for a free one.
    ///   - mode: how it behaves first.
    public static func start(
        port: Int = 0, mode: FakeAIMode = .good, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> FakeAI {
        let state = NIOLockedValueBox(State(mode: mode))
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(FakeAIHandler(state: state))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return FakeAI(channel: channel, state: state)
    }

    /// The port.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// The URL, for `SCORECAST_AI_URL`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Changes how it behaves.
    public func set(_ mode: FakeAIMode) { state.withLockedValue { $0.mode = mode } }

    /// The number of requests for challenges, also of those that were answered wrongly or not at all.
    public var challengeRequests: Int { state.withLockedValue { $0.counts[.challenge] ?? 0 } }

    /// The number of requests for types of tasks.
    public var typeRequests: Int { state.withLockedValue { $0.counts[.type] ?? 0 } }

    /// The last value of the field `Authorization`; nil if there was none.
    public var authorization: String? { state.withLockedValue { $0.authorization } }

    /// The last body that it was sent.
    public var body: String { state.withLockedValue { $0.body } }

    /// Stops listening. Connections end with their clients.
    public func stop() async throws { try await channel.close() }
}
