import DequeModule

/// The passwords that wait to be hashed, in the order in which they came. Pure.
struct PasswordQueue<Job> {
    private var waiting: Deque<(job: Job, until: ContinuousClock.Instant)> = []
    private var isClosed = false
    /// The most that wait. Each one more would only wait longer than its client does.
    let waitingMax: Int
    /// How long one waits.
    let patience: Duration

    /// What a worker does next.
    enum Order {
        case work(Job)
        case sleep
        case stop
    }

    init(waitingMax: Int, patience: Duration) {
        self.waitingMax = waitingMax
        self.patience = patience
    }

    /// How many wait.
    var count: Int { waiting.count }

    /// Takes one in.
    ///
    /// - Returns: false if too many wait, or none is taken any more.
    mutating func add(_ job: Job, now: ContinuousClock.Instant) -> Bool {
        guard !isClosed, waiting.count < waitingMax else { return false }
        waiting.append((job, now + patience))
        return true
    }

    /// Takes out those that have waited for too long.
    mutating func expired(now: ContinuousClock.Instant) -> [Job] {
        var late: [Job] = []
        while let first = waiting.first, first.until <= now {
            late.append(first.job)
            waiting.removeFirst()
        }
        return late
    }

    /// The next order for a worker.
    mutating func next() -> Order {
        if isClosed { return .stop }
        return waiting.popFirst().map { .work($0.job) } ?? .sleep
    }

    /// Takes no more in, and takes all out.
    mutating func close() -> [Job] {
        isClosed = true
        defer { waiting = [] }
        return waiting.map(\.job)
    }
}

extension PasswordQueue: Sendable where Job: Sendable {}
