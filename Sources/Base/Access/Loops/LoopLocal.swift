import NIOCore

/// A value for each event loop, which the loop reads without a lock, and which can be replaced while requests are
/// served.
package struct LoopLocal<Value>: Sendable {
    @usableFromInline
    let byLoop: [ObjectIdentifier: NIOLoopBoundBox<Value>]

    /// - Parameters:
    ///   - group: the event loops.
    ///   - make: makes the value of one loop.
    @inlinable
    package init(_ group: any EventLoopGroup, make: () -> sending Value) {
        var byLoop: [ObjectIdentifier: NIOLoopBoundBox<Value>] = [:]
        for eventLoop in group.makeIterator() {
            byLoop[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(make(), eventLoop: eventLoop)
        }
        self.byLoop = byLoop
    }

    /// The value of the loop that calls; nil on a loop of another group.
    @inlinable
    package func value(on eventLoop: any EventLoop) -> Value? { byLoop[ObjectIdentifier(eventLoop)]?.value }

    /// Changes the value of every loop, each in that loop's next turn. Changes come in the order of the calls.
    @inlinable
    package func update(_ change: @escaping @Sendable (inout Value) -> Void) {
        for box in byLoop.values {
            box.eventLoop.execute { box.withValue(change) }
        }
    }
}
