import Logging
import RedisClient
import ServiceLifecycle
import Storage

/// Reports the results of `RedisFitness` to operators, and stops a node that was started with a Redis that it must not
/// use. A node that has worked before keeps running, answers 503, and continues when a usable Redis is back.
///
/// It also repeats the checks while connections live, because somebody may empty Redis or change its settings.
struct RedisGuard: Service {
    let fitness: RedisFitness
    let redis: RedisClient
    let logger: Logger

    /// The average time between two checks, in ms, with a jitter of ±20 %.
    private static let intervalMilliseconds = 3_000.0

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await tell() }
                    group.addTask { try await askAgain() }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        } catch is CancellationError {
            // The node is stopping.
        }
        try? await gracefulShutdown()
    }

    /// Logs each change once.
    private func tell() async throws {
        var last = RedisFitness.Report()
        for await report in fitness.reports() {
            if let refusal = report.refusal, refusal != last.refusal {
                let message: Logger.Message = "This Redis must not be used"
                logger.critical(message, metadata: ["reason": "\(refusal.explanation)"])
                if refusal.endsStart, !report.wasFit { throw NodeError.unusable(refusal.explanation) }
            }
            if report.refusal == nil, last.refusal != nil { logger.notice("This Redis can be used") }
            for warning in report.warnings where !last.warnings.contains(warning) {
                logger.warning(
                    "Check Redis' settings", metadata: ["reason": "\(warning)", "docs": "\(RedisSettings.docs)"])
            }
            for note in report.notes where !last.notes.contains(note) {
                logger.info(
                    "Redis' settings limit what is promised",
                    metadata: ["reason": "\(note)", "docs": "\(RedisSettings.docs)"])
            }
            last = report
        }
    }

    private func askAgain() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(Int64(Self.intervalMilliseconds * .random(in: 0.8...1.2))))
            if redis.isConnected { await fitness.askAgain(redis) }
        }
    }
}
