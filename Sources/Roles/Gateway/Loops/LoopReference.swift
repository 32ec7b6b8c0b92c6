import NIOCore

/// A reference, usable on any thread, to a value that lives on one event loop.
struct LoopReference<Value>: Sendable {
    let eventLoop: any EventLoop
    private let box: NIOLoopBoundBox<Value>

    /// Moves `value` to its loop. From then on, only that loop may use it.
    init(_ value: sending Value, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.box = .makeBoxSendingValue(value, eventLoop: eventLoop)
    }

    /// The value. To be used only on its loop.
    var value: Value { box.value }

    /// Runs `body` with the value on its loop, after all work that the loop was given before.
    func execute(_ body: @escaping @Sendable (Value) -> Void) {
        eventLoop.execute { body(box.value) }
    }
}
