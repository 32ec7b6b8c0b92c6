import NIOCore

/// A value that lives on one event loop, and the way to it from any thread. One reference; copies share the value.
package struct LoopReference<Value>: Sendable {
    @usableFromInline
    let box: NIOLoopBoundBox<Value>

    /// Moves `value` to its loop; from then on only that loop touches it.
    @inlinable
    package init(_ value: sending Value, on eventLoop: any EventLoop) {
        box = .makeBoxSendingValue(value, eventLoop: eventLoop)
    }

    /// The loop that the value lives on.
    @inlinable
    package var eventLoop: any EventLoop { box.eventLoop }

    /// The value. To be read on its loop only; anything else stops the process.
    @inlinable
    package var value: Value { box.value }

    /// Runs `body` with the value on its loop, after all that was given to it before.
    @inlinable
    package func execute(_ body: @escaping @Sendable (Value) -> Void) {
        eventLoop.execute { body(box.value) }
    }
}
