import NIOConcurrencyHelpers
import NIOCore

/// The connections of one listener.
///
/// A connection gets a task when its first request for Hummingbird comes. A connection that only updates scores, or
/// becomes a WebSocket, has none.
final class Connections: Sendable {
    private struct State {
        var sweepers: [ObjectIdentifier: LoopSweeper] = [:]
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var lastTask: UInt64 = 0
        var isCancelled = false
    }

    private typealias LoopSweeper = NIOLoopBound<ConnectionSweeper>

    private let state = NIOLockedValueBox(State())

    /// Waits until the last connection has ended or left HTTP. To be called when the port is closed.
    func waitForAll() async {
        // The port is closed, so a loop that has no sweeper now will not need one. Tasks begin on connections, so none
        // begins after these have ended.
        for sweeper in state.withLockedValue({ Array($0.sweepers.values) }) {
            try? await sweeper.eventLoop.flatSubmit { sweeper.value.whenEmpty() }.get()
        }
        while let task = state.withLockedValue({ $0.tasks.values.first }) { await task.value }
    }

    /// Cuts all connections and their tasks, and takes no further ones.
    func cancelAll() {
        let (sweepers, tasks) = state.withLockedValue { state in
            state.isCancelled = true
            return (Array(state.sweepers.values), Array(state.tasks.values))
        }
        for task in tasks { task.cancel() }
        for sweeper in sweepers { sweeper.eventLoop.execute { sweeper.value.cutAll() } }
    }

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

    /// The sweeper of an event loop, made when its first connection comes. Nil after `cancelAll`.
    func sweeper(for eventLoop: any EventLoop, metrics: RequestMetrics?) -> ConnectionSweeper? {
        state.withLockedValue { state -> LoopSweeper? in
            if state.isCancelled { return nil }
            if let known = state.sweepers[ObjectIdentifier(eventLoop)] { return known }
            let new = LoopSweeper(
                ConnectionSweeper(eventLoop: eventLoop, metrics: metrics), eventLoop: eventLoop)
            state.sweepers[ObjectIdentifier(eventLoop)] = new
            return new
        }?.value
    }
}
