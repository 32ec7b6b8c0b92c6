import NIOCore

/// Cuts the connections of one event loop that are past their deadline: one timer for each loop, not one for each connection.
/// Not thread-safe; lives on its loop.
final class ConnectionSweeper {
    private var connections: [ObjectIdentifier: (handler: FrontHandler, context: ChannelHandlerContext)] = [:]
    private let eventLoop: any EventLoop
    private var task: RepeatedTask?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ handler: FrontHandler, context: ChannelHandlerContext) {
        eventLoop.preconditionInEventLoop()
        connections[ObjectIdentifier(handler)] = (handler, context)
        guard task == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        task = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in bound.value.sweep() }
    }

    func remove(_ handler: FrontHandler) {
        eventLoop.preconditionInEventLoop()
        connections[ObjectIdentifier(handler)] = nil
        if connections.isEmpty {
            task?.cancel()
            task = nil
        }
    }

    private func sweep() {
        let now = NIODeadline.now()
        for (handler, context) in connections.values where handler.deadline < now {
            handler.deadline = .distantFuture
            handler.deadlinePassed(context: context)
        }
    }
}
