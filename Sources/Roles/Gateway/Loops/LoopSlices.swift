import NIOCore

/// Splits work for many seats or sessions of one event loop into slices, between which the loop looks at its sockets.
enum LoopSlices {
    /// Seats or sessions in one slice: about half a millisecond of work.
    static let itemsMax = 64
    /// Long enough that the loop looks at its sockets in between, short enough that the whole work takes hardly longer.
    static let pause = TimeAmount.microseconds(10)

    /// Calls `body` for each item, from the last to the first. The first slice is done before this returns.
    ///
    /// To be called on the event loop.
    static func visit<Item>(_ items: [Item], on eventLoop: any EventLoop, _ body: @escaping (Item) -> Void) {
        visit(items[...], on: eventLoop, body)
    }

    private static func visit<Item>(
        _ items: ArraySlice<Item>, on eventLoop: any EventLoop, _ body: @escaping (Item) -> Void
    ) {
        for item in items.suffix(itemsMax).reversed() { body(item) }
        let rest = items.dropLast(itemsMax)
        guard !rest.isEmpty else { return }
        eventLoop.assumeIsolated().scheduleTask(in: pause) { visit(rest, on: eventLoop, body) }
    }
}
