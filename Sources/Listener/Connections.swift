import Logging
import NIOConcurrencyHelpers
import NIOCore
import ServiceLifecycle

/// The connections of one listener. A service to run beside it, before it in a group and after all that requests need: it
/// ends once the last request is answered, and every connection has ended or left HTTP.
///
/// A connection gets a task when its first request for Hummingbird comes, and not before: those that only update scores,
/// or become WebSockets, have none.
public final class Connections: Service {
    private struct State {
        var sweepers: [ObjectIdentifier: LoopSweeper] = [:]
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var lastTask: UInt64 = 0
        var isCancelled = false
    }

    private typealias LoopSweeper = NIOLoopBound<ConnectionSweeper>

    let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// - Parameter logger: for what goes wrong on a connection.
    public init(logger: Logger) {
        self.logger = logger
    }

    /// Waits for the end, and then for the last connection. Cuts all of them where it is cancelled.
    public func run() async throws {
        await withTaskCancellationHandler {
            try? await gracefulShutdown()
            // Tasks begin on connections, so none begins when those have ended.
            for sweeper in state.withLockedValue({ Array($0.sweepers.values) }) {
                try? await sweeper.eventLoop.flatSubmit { sweeper.value.whenEmpty() }.get()
            }
            while let task = state.withLockedValue({ $0.tasks.values.first }) { await task.value }
        } onCancel: {
            let (sweepers, tasks) = state.withLockedValue { state in
                state.isCancelled = true
                return (Array(state.sweepers.values), Array(state.tasks.values))
            }
            for task in tasks { task.cancel() }
            for sweeper in sweepers { sweeper.eventLoop.execute { sweeper.value.cutAll() } }
        }
    }

    /// Whether no further connections are wanted.
    var isCancelled: Bool { state.withLockedValue { $0.isCancelled } }

    /// Runs a connection's task.
    func serve(_ body: @escaping @Sendable () async -> Void) {
        state.withLockedValue { state in
            state.lastTask += 1
            let number = state.lastTask
            let task = Task {
                await body()
                self.state.withLockedValue { $0.tasks[number] = nil }
            }
            state.tasks[number] = task
            if state.isCancelled { task.cancel() }
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
