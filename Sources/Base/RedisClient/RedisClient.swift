import EventLoops
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A client for one Redis server, made to cost little for each command.
///
/// It keeps one connection on each event loop of a group. A command that is sent from one of these loops goes into
/// that loop's connection: no lock, no thread hop, no `Task` and no future on the way, and all commands of one tick
/// of the loop go out in one write. From anywhere else a command hops to one of the loops in turn.
///
/// Redis executes the commands of one connection in the order in which they were sent. Commands of different
/// connections have no order. While the connection is down, commands are not queued, and no command is sent twice: a
/// command fails with `.notConnected` if it was not sent, and with `.unknownOutcome` if it was sent and no reply came.
///
/// Not for commands that do not have exactly one reply (`SUBSCRIBE`, `MONITOR`, `CLIENT REPLY`, `HELLO 3`), nor for
/// those that change the connection's state (`MULTI` outside of a `pipeline`, `SELECT`). For commands that block
/// (`XREAD BLOCK`) make a client with `connections: 1` and a `commandTimeout` over the blocking time.
public final class RedisClient: Sendable {
    /// Receives a command's reply on the event loop of the connection: once, and it must not block. Error replies
    /// are values here (`RESPValue.error`); a failure means that there is no reply.
    public typealias Completion = @Sendable (Result<RESPValue, RedisError>) -> Void

    private enum Phase {
        case idle, running, finished
    }

    /// The configuration that the client was made with.
    public let configuration: RedisConfiguration
    private let connections: LoopLocal<RedisConnection>
    /// The clients that go to the same server.
    public let peers: RedisPeers
    private let monitor: RedisConnectionMonitor
    private let nextTurn = Atomic<UInt>(0)
    private let phase = NIOLockedValueBox(Phase.idle)

    /// Makes a client, which connects when `run()` is called.
    /// - Parameters:
    ///   - configuration: where Redis is, and the limits.
    ///   - eventLoopGroup: the loops to put connections on: the ones that serve requests.
    ///   - connections: how many connections; `nil` for one on each loop.
    ///   - scripts: scripts which are loaded on each new connection, before it counts as connected.
    ///   - questions: what each new connection asks before it counts as connected; called once for each connection.
    ///   - peers: clients of the same server; all connect again when one of them finds that it is of no use.
    ///   - logger: logs trouble and its end.
    /// - Throws: `.invalidConfiguration`.
    public init(
        configuration: RedisConfiguration, eventLoopGroup: MultiThreadedEventLoopGroup, connections: Int? = nil,
        scripts: [RedisScript] = [], questions: @escaping @Sendable () -> [RedisQuestion] = { [] },
        peers: RedisPeers = RedisPeers(), logger: Logger
    ) throws(RedisError) {
        let connector = try RedisConnector(configuration: configuration, scripts: scripts, questions: questions)
        let loops = Array(eventLoopGroup.makeIterator())
        let count = min(max(connections ?? loops.count, 1), loops.count)
        let metrics = RedisMetrics(name: configuration.clientName)
        let monitor = RedisConnectionMonitor(total: count, logger: logger, metrics: metrics)
        self.configuration = configuration
        self.monitor = monitor
        var index = 0
        self.connections = LoopLocal(loops.prefix(count)) { loop in
            defer { index += 1 }
            return RedisConnection(
                connector: connector, eventLoop: loop, monitor: monitor, metrics: metrics.connection(index),
                peers: peers)
        }
        self.peers = peers
        peers.join { [weak self] error, age in
            for connection in self?.connections.references ?? [] {
                connection.execute { $0.giveUp(error, olderThan: age) }
            }
        }
    }

    // MARK: - Connections

    /// Whether all connections are up and through their handshake.
    public var isConnected: Bool { monitor.state.isConnected }

    /// The state of the connections now.
    public var connectionState: RedisConnectionState { monitor.state }

    /// Why not all connections are up; `nil` while they are, and before the first attempt.
    public var trouble: RedisError? { monitor.trouble }

    /// The state of the connections: the current one at once, then each change. A slow reader skips states, but sees
    /// by the generation that there was a reconnect. Ends at shutdown.
    public func connectionStates() -> AsyncStream<RedisConnectionState> { monitor.states() }

    /// The event loops that have a connection; not empty.
    public var eventLoops: [any EventLoop] { connections.references.map { $0.eventLoop } }

    // MARK: - Commands

    /// Sends a command. This is the method for the hot path.
    ///
    /// On one of the group's loops `completion` runs on this loop, possibly before this method returns (when the
    /// command is refused).
    /// - Parameters:
    ///   - encode: encodes exactly one command, see `RESPEncoder`. Must not call the client.
    ///   - completion: receives the reply, or `.notConnected`, `.overloaded`, `.unknownOutcome`, `.invalidCommand`,
    ///     `.shutDown`.
    public func send(_ encode: (inout RESPEncoder) -> Void, completion: @escaping Completion) {
        if let connection = currentConnection { return connection.send(.command(completion), encode) }
        var encoder = RESPEncoder()
        encode(&encoder)
        let isValid = encoder.takeCommandCount() == 1
        let encoded = encoder.buffer
        turn().execute { connection in
            guard isValid else { return completion(.failure(.invalidCommand)) }
            connection.send(.command(completion), encoded: encoded)
        }
    }

    /// Calls a script by its SHA-1. If Redis does not have it (`NOSCRIPT`, after `SCRIPT FLUSH` or on a fresh server),
    /// the script is loaded on that connection and called once more, which is safe since it did not run.
    /// - Parameters:
    ///   - script: preferably one that the client was made with; others are loaded when they are first called.
    ///   - keys: how many of the arguments are `KEYS`; they come first.
    ///   - encodeArguments: appends all `KEYS`, then all `ARGV`. Called again for a second try. Must not call `begin`
    ///     or the client.
    ///   - argumentCount: how many arguments `encodeArguments` appends, keys included.
    ///   - completion: as for `send`.
    public func evaluate(
        _ script: RedisScript, keys: Int, _ encodeArguments: @escaping @Sendable (inout RESPEncoder) -> Void,
        argumentCount: Int, completion: @escaping Completion
    ) {
        let call = RedisScriptCall(
            script: script, keys: keys, argumentCount: argumentCount, encodeArguments: encodeArguments,
            completion: completion)
        if let connection = currentConnection { return connection.send(call) }
        turn().execute { $0.send(call) }
    }

    /// Sends several commands, encoded already, on one connection: all of them or none.
    func send(_ calls: [RedisCall], encoded: ByteBuffer) {
        let current = MultiThreadedEventLoopGroup.currentEventLoop.flatMap { connections.reference(on: $0) }
        (current ?? turn()).execute { $0.send(calls, encoded: encoded) }
    }

    /// The connection of the calling thread's event loop, if it has one.
    private var currentConnection: RedisConnection? {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return nil }
        return connections.value(on: loop)
    }

    /// The connection whose turn it is to take a command from elsewhere.
    private func turn() -> LoopReference<RedisConnection> {
        let turn = nextTurn.wrappingAdd(1, ordering: .relaxed).oldValue
        return connections.references[Int(turn % UInt(connections.references.count))]
    }
}

// MARK: - Life

extension RedisClient: Service {
    /// Connects and keeps connected until the service group shuts down gracefully, or the task is cancelled. Then it
    /// takes no further commands, waits for the replies in flight (at most `drainTimeout`), and closes.
    /// - Throws: `.alreadyRunning` when called twice.
    public func run() async throws {
        try begin()
        for connection in connections.references { connection.execute { $0.start() } }
        // It throws when the task is cancelled, which asks for the same.
        try? await gracefulShutdown()
        monitor.beginShutdown()
        // All at once, and not one after the other: each may take the whole `drainTimeout`.
        let stopped = connections.references.map { connection in
            connection.eventLoop.flatSubmit { connection.value.stop() }
        }
        for future in stopped {
            // Fails only if the event loop is gone, and the connection with it.
            try? await future.get()
        }
        monitor.finish()
    }

    private func begin() throws(RedisError) {
        let isFirst = phase.withLockedValue { phase in
            defer { phase = .running }
            return phase == .idle
        }
        guard isFirst else { throw RedisError(.alreadyRunning, "the Redis client runs already, or has run") }
    }
}
