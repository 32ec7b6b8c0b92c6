import Basics
import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import NIOCore
import Reporting
import ServiceLifecycle
import Storage

/// Keeps the boards in memory that nodes with a database publish in Redis. It learns of changes from the channel, and
/// by asking for the tag twice a second. While Redis is unavailable or empty, the last boards stay in force.
public final class BoardFollower: BoardSource, Service {
    private struct State {
        package var tag: String?
        package var boards: [String: Board]?
        var followers: [@Sendable () -> Void] = []
    }

    private let published: RedisCatalogue
    private let trouble: TroubleLog
    private let state = NIOLockedValueBox(State())
    private let wakeSignal = WakeSignal()
    private let stale = Gauge(label: "scorecast_gateway_catalogue_stale")

    /// The average time between two checks of the tag, in ms, with a jitter of ±20 %.
    private static let intervalMilliseconds = 500.0
    /// The same before there are boards, so that a node is ready soon after its start.
    private static let firstIntervalMilliseconds = 100.0
    /// Shorter problems are not logged: a deployment that starts has no boards at first.
    private static let patience = TimeAmount.seconds(3)

    /// - Parameters:
    ///   - published: reads the published boards.
    ///   - feed: reports changes.
    public init(published: RedisCatalogue, feed: RedisTopFeed, logger: Logger) {
        self.published = published
        trouble = TroubleLog(
            warning: "The boards cannot be read from Redis, the last ones stay in force",
            notice: "The boards can be read from Redis again", logger: logger)
        published.follow(on: feed) { [wakeSignal] in wakeSignal.ring() }
    }

    /// See `BoardSource`.
    public var isKnown: Bool { state.withLockedValue { $0.boards != nil } }

    /// See `BoardSource`.
    public func board(_ id: String) -> Board? { state.withLockedValue { $0.boards?[id] } }

    /// See `BoardSource`.
    public func follow(_ changed: @escaping @Sendable () -> Void) {
        state.withLockedValue { $0.followers.append(changed) }
    }

    /// Follows the boards until shutdown.
    public func run() async throws {
        var workedAt = NIODeadline.now()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) {
                try await refresh()
                workedAt = .now()
                trouble.recordSuccess()
                stale.record(0)
            } catch {
                stale.record(1)
                if .now() - workedAt >= Self.patience { trouble.recordFailure(error) }
            }
            await pause()
        }
    }

    /// Reads the boards if they have changed.
    private func refresh() async throws(StoreError) {
        guard let tag = try await published.tag() else {
            throw StoreError(
                .unavailable, "no boards are published; nodes of role api or persister publish them: is one running?")
        }
        guard tag != state.withLockedValue({ $0.tag }), let (tag, list) = try await published.read() else { return }
        let followers = state.withLockedValue { state in
            let isNew = state.boards != list.boards
            (state.tag, state.boards) = (tag, list.boards)
            return isNew ? state.followers : []
        }
        for follower in followers { follower() }
    }

    private func pause() async {
        let interval = isKnown ? Self.intervalMilliseconds : Self.firstIntervalMilliseconds
        let wait = Duration.milliseconds(Int64(interval * .random(in: 0.8...1.2)))
        await cancelWhenGracefulShutdown { [wakeSignal] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await wakeSignal.wait() }
                group.addTask { try? await Task.sleep(for: wait) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
