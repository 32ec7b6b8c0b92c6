import NIOConcurrencyHelpers
import RedisClient
import Storage

/// Something that happens once, and those who wait for it.
final class Latch: Sendable {
    private struct Guarded {
        var isOpen: Bool
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let guarded: NIOLockedValueBox<Guarded>

    init(isOpen: Bool) {
        guarded = NIOLockedValueBox(Guarded(isOpen: isOpen))
    }

    /// It has happened.
    func open() {
        let waiting = guarded.withLockedValue { guarded in
            defer { guarded = Guarded(isOpen: true) }
            return guarded.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when it has happened, or when the task is cancelled.
    func wait() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        guarded.withLockedValue { guarded in
            if guarded.isOpen { continuation.finish() } else { guarded.waiting.append(continuation) }
        }
        for await _ in stream {}
    }
}
