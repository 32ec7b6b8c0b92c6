import Leaderboard
import NIOCore
import RedisClient

/// Collects the updates of one tick of an event loop, and applies those of one ranking with one call of the script.
/// Redis then does the work of a call once for all of them: looking up the script, the clock, the sequence number, the
/// version, and a transaction in the append-only file. Not thread-safe; lives on its loop.
///
/// Batching adds no latency: a batch is sent when it is full or at the end of the tick, when each update would have
/// been sent anyway.
final class ApplyBatches {
    typealias Completion = @Sendable (Result<ApplyOutcome, StoreError>) -> Void

    /// One update that waits for the end of the tick.
    final class Entry: Sendable {
        let update: ScoreUpdate
        let limits: [UpdateLimit]
        let completion: Completion

        init(update: ScoreUpdate, limits: [UpdateLimit], completion: @escaping Completion) {
            self.update = update
            self.limits = limits
            self.completion = completion
        }
    }

    /// The most updates in one call. Redis serves nobody else during a call, which takes about 10 µs for each update. A
    /// full call is sent at once (`RedisCommandHandler.earlyWriteBytes`), so that Redis works while the loop goes on
    /// reading. Larger calls cost less for each update, but make Redis and the loop wait for each other.
    static let countMax = 12

    private let eventLoop: any EventLoop
    private let apply: @Sendable (RankingKeys, [Entry]) -> Void
    /// The batches of this tick, usually for one or a few rankings.
    private var open: [(keys: RankingKeys, entries: [Entry])] = []

    /// - Parameter apply: sends one batch.
    init(eventLoop: any EventLoop, apply: @escaping @Sendable (RankingKeys, [Entry]) -> Void) {
        self.eventLoop = eventLoop
        self.apply = apply
    }

    /// Adds an update. Its completion runs on this loop.
    func add(_ entry: Entry, to keys: RankingKeys) {
        if open.isEmpty {
            // The task runs after all ready sockets have been served.
            eventLoop.assumeIsolated().execute { [self] in flush() }
        }
        guard let index = open.firstIndex(where: { $0.keys === keys }) else {
            var entries: [Entry] = []
            entries.reserveCapacity(Self.countMax)
            entries.append(entry)
            open.append((keys, entries))
            return
        }
        open[index].entries.append(entry)
        guard open[index].entries.count == Self.countMax else { return }
        let entries = open[index].entries
        open[index].entries = []
        apply(keys, entries)
    }

    private func flush() {
        let ready = open
        open = []
        for batch in ready where !batch.entries.isEmpty { apply(batch.keys, batch.entries) }
    }
}
