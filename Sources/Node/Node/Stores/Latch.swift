import NIOConcurrencyHelpers
import RedisClient
import Storage

/// An event that happens once, and the tasks that wait for it.
final class Latch: Sendable {
    private struct Guarded {
        var isOpen: Bool
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let guarded: NIOLockedValueBox<Guarded>

    init(isOpen: Bool) {
        guarded = NIOLockedValueBox(Guarded(isOpen: isOpen))
    }

    /// Whether the event has happened.
    var isOpen: Bool { guarded.withLockedValue { $0.isOpen } }

    /// Records that the event has happened, and resumes the waiting tasks.
    func open() {
        let waiting = guarded.withLockedValue { guarded in
            defer { guarded = Guarded(isOpen: true) }
            return guarded.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Waits until the event has happened or the task is cancelled.
    func wait() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        guarded.withLockedValue { guarded in
            if guarded.isOpen { continuation.finish() } else { guarded.waiting.append(continuation) }
        }
        for await _ in stream {}
    }
}
