/// The state of one head in memory: its last snapshot, the read in progress, and the requests that wait. Pure.
///
///     empty ──ask──▶ reading ──finish──▶ shown ──ask, too old──▶ reading …
///
/// If a request may not see the result of the read in progress, it waits for the next one. So there is one read at a
/// time for any number of requests.
package struct HeadState<Snapshot: Sendable, Waiter: Sendable>: Sendable {
    /// How a request is served.
    package enum Step {
        /// Answer it with this snapshot.
        case show(Snapshot)
        /// Begin a read, and call `finish` after it.
        case read
        /// It waits for a read in progress, or for the one after that.
        case wait
    }

    /// The moment at which a read begins, or a request comes.
    package struct Beginning: Sendable {
        /// Steady time in microseconds.
        let at: Int64
        /// The number of changes of the board that this node has answered.
        let mark: UInt64
        /// The generation of the board.
        let generation: Int64

        package init(at: Int64, mark: UInt64, generation: Int64) {
            self.at = at
            self.mark = mark
            self.generation = generation
        }

        /// Whether a request that comes now may get the result of a read that began at this moment.
        func suits(_ now: Beginning) -> Bool {
            mark == now.mark && generation == now.generation && now.at - at <= ageMicrosecondsMax
        }
    }

    private var shown: (beginning: Beginning, snapshot: Snapshot)?
    private var reading: Beginning?
    private var waiting: [Waiter] = []
    private var later: [Waiter] = []

    /// A head that was not read yet.
    package init() {}

    /// Whether no read is in progress.
    package var isIdle: Bool { reading == nil }

    /// Takes a request, and decides how it is served.
    package mutating func ask(_ now: Beginning, _ waiter: @autoclosure () -> Waiter) -> Step {
        if let shown, shown.beginning.suits(now) { return .show(shown.snapshot) }
        guard let reading else {
            self.reading = now
            waiting.append(waiter())
            return .read
        }
        if reading.suits(now) { waiting.append(waiter()) } else { later.append(waiter()) }
        return .wait
    }

    /// Ends the read.
    ///
    /// - Parameters:
    ///   - snapshot: its result; nil if it failed.
    ///   - now: the beginning of the next read, for the request that it is made for.
    /// - Returns: the requests that get the result, and the one for which the next read begins; nil if none waits.
    package mutating func finish(
        _ snapshot: Snapshot?, now: (Waiter) -> Beginning
    ) -> (waiters: [Waiter], next: Waiter?) {
        shown = nil
        if let reading, let snapshot { shown = (reading, snapshot) }
        let next = later.last
        defer {
            waiting = later
            later = []
            reading = next.map(now)
        }
        return (waiting, next)
    }
}

/// The greatest age of a snapshot that is shown, in microseconds.
private let ageMicrosecondsMax: Int64 = 50_000
