import NIOCore

/// The pushes of one event loop: the rankings whose seats wait for their turn, a slice of seats at a time. Not
/// thread-safe; lives on its loop.
final class PushQueue {
    private let eventLoop: any EventLoop
    private let metrics: GatewayMetrics
    private let lateMilliseconds: Int64
    /// Rankings with seats that wait for their turn, the next one first.
    private var due = CircularBuffer<RankingRooms>()

    /// - Parameter lateMilliseconds: how old a publication may be on arrival to be pushed at once.
    init(eventLoop: any EventLoop, metrics: GatewayMetrics, lateMilliseconds: Int64) {
        self.eventLoop = eventLoop
        self.metrics = metrics
        self.lateMilliseconds = lateMilliseconds
    }

    /// Pushes a publication to the seats of its ranking.
    ///
    /// If it comes late, versions come faster than the loop can push them. Then it waits for the next slice, so that
    /// newer ones which have already come replace it, and only the latest is pushed.
    func deliver(_ publication: Publication, to ranking: RankingRooms) {
        let waits = ranking.isDue
        guard let passedOver = ranking.take(publication) else { return }
        metrics.recordBroadcast(passedOver: passedOver)
        guard !waits else { return }
        let age = NIODeadline.now() - publication.publishedAt
        if due.isEmpty, age < .milliseconds(lateMilliseconds) {
            pushSlice(of: ranking)
            if ranking.isDue { enqueue(ranking) }
        } else {
            enqueue(ranking)
        }
    }

    private func pushSlice(of ranking: RankingRooms) {
        metrics.recordPush(ranking.push(slice: LoopSlices.itemsMax))
    }

    /// There is one task for all rankings. If there were two, each would find the other one due, and the loop, which
    /// runs all tasks that are due first, would not look at its sockets.
    private func enqueue(_ ranking: RankingRooms) {
        due.append(ranking)
        if due.count == 1 { scheduleSlice() }
    }

    private func scheduleSlice() {
        eventLoop.assumeIsolated().scheduleTask(in: LoopSlices.pause) { [self] in
            guard let ranking = due.first else { return }
            pushSlice(of: ranking)
            due.removeFirst()
            if ranking.isDue { due.append(ranking) }
            if !due.isEmpty { scheduleSlice() }
        }
    }
}
