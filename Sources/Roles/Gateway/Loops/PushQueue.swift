import NIOCore

/// The pushes of one event loop: the windows whose seats wait for their turn, a slice of seats at a time. Not
/// thread-safe; lives on its loop.
final class PushQueue {
    private let eventLoop: any EventLoop
    private let metrics: GatewayMetrics
    private let lateAge: TimeAmount
    /// Windows with seats that wait for their turn, the next one first.
    private var due = CircularBuffer<WindowRooms>()

    /// - Parameter lateAge: how old a publication may be on arrival to be pushed at once.
    init(eventLoop: any EventLoop, metrics: GatewayMetrics, lateAge: TimeAmount) {
        self.eventLoop = eventLoop
        self.metrics = metrics
        self.lateAge = lateAge
    }

    /// Pushes a publication to the seats of its window.
    ///
    /// If it comes late, versions come faster than the loop can push them. Then it waits for the next slice, so that
    /// newer ones which have already come replace it, and only the latest is pushed.
    func deliver(_ publication: Publication, to rooms: WindowRooms) {
        let waits = rooms.isDue
        guard let passedOver = rooms.take(publication) else { return }
        metrics.recordBroadcast(passedOver: passedOver)
        guard !waits else { return }
        let age = NIODeadline.now() - publication.publishedAt
        if due.isEmpty, age < lateAge {
            pushSlice(of: rooms)
            if rooms.isDue { enqueue(rooms) }
        } else {
            enqueue(rooms)
        }
    }

    private func pushSlice(of rooms: WindowRooms) {
        metrics.recordPush(rooms.push(slice: LoopSlices.itemsMax))
    }

    /// There is one task for all windows. If there were two, each would find the other one due, and the loop, which
    /// runs all tasks that are due first, would not look at its sockets.
    private func enqueue(_ rooms: WindowRooms) {
        due.append(rooms)
        if due.count == 1 { scheduleSlice() }
    }

    private func scheduleSlice() {
        eventLoop.assumeIsolated().scheduleTask(in: LoopSlices.pause) { [self] in
            guard let rooms = due.first else { return }
            pushSlice(of: rooms)
            due.removeFirst()
            if rooms.isDue { due.append(rooms) }
            if !due.isEmpty { scheduleSlice() }
        }
    }
}
