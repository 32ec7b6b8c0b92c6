/// One head in memory: when it may be shown, when it is read, and those who wait for it. Pure.
///
///     empty ──ask──▶ reading ──finish──▶ shown ──ask, too old──▶ reading …
///
/// While a read is in progress, those who may not see its result wait for the next one. So there is one read at a time,
/// however many ask.
package struct HeadState<Snapshot: Sendable, Waiter: Sendable>: Sendable {
    /// What to do for one who asks.
    package enum Step {
        /// Show this.
        case show(Snapshot)
        /// Begin a read, and call `finish` after it.
        case read
        /// Wait.
        case wait
    }

    /// What was known when a read began.
    package struct Beginning: Sendable {
        /// Steady time in microseconds.
        let at: Int64
        /// The count of the board's changes that this node has answered.
        let mark: UInt64
        /// The generation of the board.
        let generation: Int64

        package init(at: Int64, mark: UInt64, generation: Int64) {
            self.at = at
            self.mark = mark
            self.generation = generation
        }

        /// Whether the result of this read may be shown to one who asks at another time.
        func suits(_ now: Beginning) -> Bool {
            mark == now.mark && generation == now.generation && now.at - at <= ageMicrosecondsMax
        }
    }

    private var shown: (beginning: Beginning, snapshot: Snapshot)?
    private var reading: Beginning?
    private var waiting: [Waiter] = []
    private var later: [Waiter] = []

    /// Nothing was read yet.
    package init() {}

    /// Whether no read is in progress.
    package var isIdle: Bool { reading == nil }

    /// Decides about one who asks.
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
    ///   - now: the beginning of the next read, which is for one of those who wait for it.
    /// - Returns: those who get the result, and the one for whom another read has to begin.
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

/// How old a head may be that is shown, in microseconds.
private let ageMicrosecondsMax: Int64 = 50_000
