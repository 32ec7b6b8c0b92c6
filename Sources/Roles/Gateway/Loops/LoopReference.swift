import NIOCore

/// The way from anywhere to a value that lives on one event loop.
struct LoopReference<Value>: Sendable {
    let eventLoop: any EventLoop
    private let box: NIOLoopBoundBox<Value>

    /// Moves `value` to its loop; from here on only that loop touches it.
    init(_ value: sending Value, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.box = .makeBoxSendingValue(value, eventLoop: eventLoop)
    }

    /// The value. Only on its loop.
    var value: Value { box.value }

    /// Runs `body` with the value on its loop, after all that was given to it before.
    func execute(_ body: @escaping @Sendable (Value) -> Void) {
        eventLoop.execute { body(box.value) }
    }
}
