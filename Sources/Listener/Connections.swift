import Logging
import NIOConcurrencyHelpers
import NIOCore
import ServiceLifecycle

/// The connections of one listener. A service to run beside it, before it in a group: it ends once Hummingbird has served
/// the last request.
///
/// A connection gets a task when its first request for Hummingbird comes, and not before: those that only update scores,
/// or become WebSockets, have none.
public final class Connections: Service {
    private struct State {
        var sweepers: [ObjectIdentifier: LoopSweeper] = [:]
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var lastTask: UInt64 = 0
    }

    private typealias LoopSweeper = NIOLoopBound<ConnectionSweeper>

    let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// - Parameter logger: for what goes wrong on a connection.
    public init(logger: Logger) {
        self.logger = logger
    }

    /// Waits for the end, and then until the last request is served. Cuts all connections where it is cancelled.
    public func run() async throws {
        await withTaskCancellationHandler {
            try? await gracefulShutdown()
            while let task = state.withLockedValue({ $0.tasks.values.first }) { await task.value }
        } onCancel: {
            let (sweepers, tasks) = state.withLockedValue { (Array($0.sweepers.values), Array($0.tasks.values)) }
            for task in tasks { task.cancel() }
            for sweeper in sweepers { sweeper.eventLoop.execute { sweeper.value.cutAll() } }
        }
    }

    /// Runs a connection's task.
    func serve(_ body: @escaping @Sendable () async -> Void) {
        state.withLockedValue { state in
            state.lastTask += 1
            let number = state.lastTask
            state.tasks[number] = Task {
                await body()
                self.state.withLockedValue { $0.tasks[number] = nil }
            }
        }
    }

    /// The sweeper of an event loop, made when its first connection comes.
    func sweeper(for eventLoop: any EventLoop) -> ConnectionSweeper {
        state.withLockedValue { state in
            if let known = state.sweepers[ObjectIdentifier(eventLoop)] { return known }
            let new = LoopSweeper(ConnectionSweeper(eventLoop: eventLoop), eventLoop: eventLoop)
            state.sweepers[ObjectIdentifier(eventLoop)] = new
            return new
        }.value
    }
}
