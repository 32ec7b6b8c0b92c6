import NIOCore

/// How versions go out to those who follow them on this loop.
extension LoopHub {
    /// Seats that have their turn before the loop looks at its sockets again: half a millisecond.
    static let sliceSeats = 64
    /// Long enough that the loop looks at its sockets in between, short enough that a round takes hardly longer for it.
    static let slicePause = TimeAmount.microseconds(10)

    /// Pushes a publication to this loop's watchers of its ranking. If it arrived late, the loop is behind: then it is
    /// queued, so that newer versions are taken first and only the latest is pushed.
    func deliver(_ publication: Publication) {
        guard let ranking = rankings[publication.ranking] else { return }
        let waits = ranking.isDue
        guard let passedOver = ranking.take(publication) else { return }
        status.metrics.recordBroadcast(passedOver: passedOver)
        guard !waits else { return }
        let age = NIODeadline.now() - publication.publishedAt
        if due.isEmpty, age < settings.lateAge { push(ranking) } else { enqueue(ranking) }
    }

    /// Does work for many in slices, and looks at the loop's sockets in between.
    ///
    /// - Parameter slice: does a part of the work; false when nothing is left.
    func inSlices(_ slice: @escaping () -> Bool) {
        guard slice() else { return }
        eventLoop.assumeIsolated().scheduleTask(in: Self.slicePause) { [self] in inSlices(slice) }
    }

    private func push(_ ranking: RankingRooms) {
        status.metrics.recordPush(ranking.push(slice: Self.sliceSeats))
        if ranking.isDue { enqueue(ranking) }
    }

    /// One task for all rankings: of two, each would find the other's due, and the loop, which runs all tasks that are
    /// due first, would not come to look at its sockets.
    private func enqueue(_ ranking: RankingRooms) {
        due.append(ranking)
        if due.count == 1 { scheduleSlice() }
    }

    private func scheduleSlice() {
        eventLoop.assumeIsolated().scheduleTask(in: Self.slicePause) { [self] in
            guard let ranking = due.first else { return }
            status.metrics.recordPush(ranking.push(slice: Self.sliceSeats))
            due.removeFirst()
            if ranking.isDue { due.append(ranking) }
            if !due.isEmpty { scheduleSlice() }
        }
    }
}
