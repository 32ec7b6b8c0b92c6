import Leaderboard
import NIOCore
import RedisClient

/// Gathers the updates of one tick of an event loop and applies those of one ranking by one call of the script: what
/// Redis does for each call (looking up the script, the clock, the sequence number, the version, a transaction in the
/// append-only file) it then does once for all of them. Not thread-safe; lives on its loop.
///
/// Nothing waits for company: a batch goes out when it is full or the tick ends, where its updates would have gone out
/// alone.
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

    /// The updates in one call. Redis serves nobody else for so long, about 10 µs each; and a full call is sent at once
    /// (`RedisCommandHandler.earlyWriteBytes`), so that Redis has work while the loop reads on: larger calls cost less
    /// each, but leave the two waiting for each other.
    static let countMax = 12

    private let eventLoop: any EventLoop
    private let apply: @Sendable (RankingKeys, [Entry]) -> Void
    /// The rankings of this tick, mostly one or a few.
    private var open: [(keys: RankingKeys, entries: [Entry])] = []

    /// - Parameter apply: sends one batch.
    init(eventLoop: any EventLoop, apply: @escaping @Sendable (RankingKeys, [Entry]) -> Void) {
        self.eventLoop = eventLoop
        self.apply = apply
    }

    /// Takes an update. Its completion runs on this loop.
    func add(_ entry: Entry, to keys: RankingKeys) {
        if open.isEmpty {
            // Tasks run when all ready sockets have been served.
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
