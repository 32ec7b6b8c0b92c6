import NIOCore

/// A value for each event loop, which the loop reads without a lock, and which can be replaced while requests are
/// served.
///
/// A loop is found by comparing identities, one after the other. There are about as many loops as processors, and
/// comparing some words costs less than hashing one. It touches no reference count.
package struct LoopLocal<Value>: Sendable {
    @usableFromInline
    let loops: [ObjectIdentifier]
    /// The values with their loops, in the order of the loops.
    package let references: [LoopReference<Value>]

    /// - Parameters:
    ///   - eventLoops: the loops, each once.
    ///   - make: makes the value of a loop.
    @inlinable
    package init(
        _ eventLoops: some Sequence<any EventLoop>, make: (_ eventLoop: any EventLoop) -> sending Value
    ) {
        references = eventLoops.map { LoopReference(make($0), on: $0) }
        loops = references.map { ObjectIdentifier($0.eventLoop) }
    }

    /// - Parameters:
    ///   - group: the event loops.
    ///   - make: makes the value of one loop.
    @inlinable
    package init(_ group: any EventLoopGroup, make: () -> sending Value) {
        self.init(group.makeIterator()) { _ in make() }
    }

    /// The value of the loop that calls; nil on a loop that has none.
    @inlinable
    package func value(on eventLoop: any EventLoop) -> Value? {
        guard let index = loops.firstIndex(of: ObjectIdentifier(eventLoop)) else { return nil }
        return references[index].value
    }

    /// The way to a loop's value; nil for a loop that has none. For code that leaves the loop's thread; ``value(on:)``
    /// costs less.
    @inlinable
    package func reference(on eventLoop: any EventLoop) -> LoopReference<Value>? {
        loops.firstIndex(of: ObjectIdentifier(eventLoop)).map { references[$0] }
    }

    /// Changes the value of every loop, each in that loop's next turn. Changes come in the order of the calls.
    @inlinable
    package func update(_ change: @escaping @Sendable (inout Value) -> Void) {
        for reference in references {
            reference.eventLoop.execute { reference.box.withValue(change) }
        }
    }
}
