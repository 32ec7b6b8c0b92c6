import Logging
import NIOConcurrencyHelpers
import NIOCore

/// How many of a client's connections are up, and how often one came up.
public struct RedisConnectionState: Sendable, Hashable {
    /// Grows by one each time that a connection comes up. A caller that keeps the last value sees every reconnect,
    /// however short; after one, Redis may be another server or hold older data.
    public let generation: UInt64
    /// Connections that are up and have completed their handshake.
    public let connected: Int
    /// Connections that the client wants.
    public let total: Int

    /// Whether all connections are up.
    public var isConnected: Bool { connected == total }
}

/// Keeps the state of all connections of one client, reports it to its streams, and logs its changes: trouble when it
/// begins, when its reason changes, and when it is over, however many connections and attempts it takes. If trouble
/// comes and goes, there is one warning in ten seconds.
final class RedisConnectionMonitor: Sendable {
    private struct Guarded {
        var connected = 0
        var generation: UInt64 = 0
        /// Why not all connections are up.
        var trouble: RedisError?
        /// The reason that the last warning gave, until the trouble is over.
        var told: String?
        var lastWarning: NIODeadline?
        var isFinished = false
        var nextStream = 0
        var streams: [Int: AsyncStream<RedisConnectionState>.Continuation] = [:]
    }

    private let total: Int
    private let logger: Logger
    private let metrics: RedisMetrics
    private let guarded = NIOLockedValueBox(Guarded())

    /// Between two warnings.
    private static let warningInterval = TimeAmount.seconds(10)

    init(total: Int, logger: Logger, metrics: RedisMetrics) {
        self.total = total
        self.logger = logger
        self.metrics = metrics
    }

    var state: RedisConnectionState {
        guarded.withLockedValue { snapshot($0) }
    }

    /// Why not all connections are up; `nil` while they are.
    var trouble: RedisError? { guarded.withLockedValue { $0.trouble } }

    /// A connection is up. Returns its generation.
    @discardableResult
    func connected() -> UInt64 {
        let (state, isRestored) = guarded.withLockedValue { guarded in
            guarded.connected += 1
            guarded.generation += 1
            let isComplete = guarded.connected == total
            let isRestored = guarded.told != nil && isComplete
            if isComplete { (guarded.trouble, guarded.told) = (nil, nil) }
            publish(guarded)
            return (snapshot(guarded), isRestored)
        }
        // The first connections are not reconnects.
        if state.generation > UInt64(total) { metrics.countReconnect() }
        metrics.record(connected: state.connected)
        logger.log(level: isRestored ? .notice : .debug, "Redis connection is up", metadata: facts(state))
        return state.generation
    }

    /// A connection is lost.
    func lost(_ error: RedisError) {
        let (state, level) = guarded.withLockedValue { guarded in
            guarded.connected -= 1
            let level = trouble(error, &guarded)
            publish(guarded)
            return (snapshot(guarded), level)
        }
        metrics.record(connected: state.connected)
        var metadata = facts(state)
        metadata["error"] = "\(error)"
        logger.log(level: level, "Redis connection is lost", metadata: metadata)
    }

    /// An attempt to connect has failed.
    func couldNotConnect(_ error: RedisError) {
        let (state, level) = guarded.withLockedValue { guarded in (snapshot(guarded), trouble(error, &guarded)) }
        var metadata = facts(state)
        metadata["error"] = "\(error)"
        logger.log(level: level, "Redis cannot be reached, trying again", metadata: metadata)
    }

    /// From now on lost connections are not trouble: the client is shutting down.
    func beginShutdown() {
        guarded.withLockedValue { $0.isFinished = true }
    }

    /// Ends all streams.
    func finish() {
        let streams = guarded.withLockedValue { guarded in
            guarded.isFinished = true
            defer { guarded.streams = [:] }
            return guarded.streams.values
        }
        for stream in streams { stream.finish() }
    }

    /// The current state at once, then each change; a slow reader gets only the latest one. Ends at shutdown.
    func states() -> AsyncStream<RedisConnectionState> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisConnectionState.self, bufferingPolicy: .bufferingNewest(1))
        let key: Int? = guarded.withLockedValue { guarded in
            continuation.yield(snapshot(guarded))
            guard !guarded.isFinished else { return nil }
            guarded.nextStream += 1
            guarded.streams[guarded.nextStream] = continuation
            return guarded.nextStream
        }
        guard let key else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.guarded.withLockedValue { $0.streams.removeValue(forKey: key) }
        }
        return stream
    }

    private func snapshot(_ guarded: Guarded) -> RedisConnectionState {
        RedisConnectionState(generation: guarded.generation, connected: guarded.connected, total: total)
    }

    private func trouble(_ error: RedisError, _ guarded: inout Guarded) -> Logger.Level {
        guarded.trouble = error
        let now = NIODeadline.now()
        let isQuiet = guarded.lastWarning.map { now - $0 < Self.warningInterval } ?? false
        guard !guarded.isFinished, !isQuiet, guarded.told != error.message else { return .debug }
        (guarded.told, guarded.lastWarning) = (error.message, now)
        return .warning
    }

    /// Under the lock, so that the states arrive in order. `yield` does not run the reader.
    private func publish(_ guarded: Guarded) {
        for continuation in guarded.streams.values { continuation.yield(snapshot(guarded)) }
    }

    private func facts(_ state: RedisConnectionState) -> Logger.Metadata {
        ["connected": "\(state.connected)", "total": "\(state.total)", "generation": "\(state.generation)"]
    }
}
