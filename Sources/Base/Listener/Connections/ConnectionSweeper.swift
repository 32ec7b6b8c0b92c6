import Basics
import NIOCore

/// Ends the connections of one event loop that are past their deadline, with one timer instead of one for each. It also
/// has a clock that is read once a second, instead of several times for each request.
///
/// Not thread-safe; lives on its loop.
final class ConnectionSweeper {
    /// The time of the last tick. While there are connections, that is at most a second ago.
    private(set) var now = NIODeadline.now()
    /// The `Date` field of that time.
    private(set) var date = HTTPDate.now()
    /// Counts the requests of the loop; nil if none are counted.
    let metrics: LoopRequestMetrics?
    private var connections: [ObjectIdentifier: FrontHandler] = [:]
    private let eventLoop: any EventLoop
    private var task: RepeatedTask?
    private var emptied: [EventLoopPromise<Void>] = []

    private static let interval = TimeAmount.seconds(1)

    init(eventLoop: any EventLoop, metrics: RequestMetrics?) {
        self.eventLoop = eventLoop
        self.metrics = metrics.map { LoopRequestMetrics($0) }
    }

    func add(_ handler: FrontHandler) {
        eventLoop.preconditionInEventLoop()
        connections[ObjectIdentifier(handler)] = handler
        guard task == nil else { return }
        tick()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        task = eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            bound.value.sweep()
        }
    }

    func remove(_ handler: FrontHandler) {
        eventLoop.preconditionInEventLoop()
        connections[ObjectIdentifier(handler)] = nil
        guard connections.isEmpty, !emptied.isEmpty else { return }
        for promise in emptied { promise.succeed() }
        emptied = []
    }

    /// Succeeds when there are no connections.
    func whenEmpty() -> EventLoopFuture<Void> {
        if connections.isEmpty { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        emptied.append(promise)
        return promise.futureResult
    }

    /// Ends all connections at once.
    func cutAll() {
        for handler in connections.values { handler.cut() }
    }

    private func tick() {
        now = .now()
        date = HTTPDate.now()
    }

    private func sweep() {
        // Not already when the last one leaves: if they come one by one, each would start a timer and stop it.
        guard !connections.isEmpty else {
            task?.cancel()
            task = nil
            return
        }
        tick()
        for handler in connections.values { handler.checkDeadlines(now: now) }
    }
}
