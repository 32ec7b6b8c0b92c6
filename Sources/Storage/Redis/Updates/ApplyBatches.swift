import Leaderboard
import NIOCore
import RedisClient

/// Collects the updates of one tick of an event loop, and applies those with the same targets with one call of the
/// script. Redis then does the work of a call once for all of them: looking up the script, the clock, the targets, the
/// sequence number, the version, and a transaction in the append-only file. Not thread-safe; lives on its loop.
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

    /// The most updates in one call, if they have one target. Redis serves nobody else during a call, which takes about
    /// 10 µs for each update and target. A full call is sent at once (`RedisCommandHandler.earlyWriteBytes`), so that
    /// Redis works while the loop goes on reading. Larger calls cost less for each update, but make Redis and the loop
    /// wait for each other.
    static let countMax = 12
    /// The most changes of rankings in one call, if it has several targets. It bounds the call to about a millisecond.
    private static let changesMax = 96

    private let eventLoop: any EventLoop
    private let makeKeys: @Sendable (UpdateTargets) -> TargetKeys
    private let apply: @Sendable (TargetKeys, [Entry]) -> Void
    /// The batches of this tick, usually for one or a few lists of targets.
    private var open: [(keys: TargetKeys, entries: [Entry])] = []
    /// The keys of targets. They keep their targets alive, so that no other targets get the same identity.
    private var known: [ObjectIdentifier: TargetKeys] = [:]
    /// The most targets whose keys are kept. When it is full it is emptied, so that past periods do not accumulate.
    private static let knownMax = 1024

    /// - Parameters:
    ///   - makeKeys: makes the keys of targets.
    ///   - apply: sends one batch.
    init(
        eventLoop: any EventLoop, makeKeys: @escaping @Sendable (UpdateTargets) -> TargetKeys,
        apply: @escaping @Sendable (TargetKeys, [Entry]) -> Void
    ) {
        self.eventLoop = eventLoop
        self.makeKeys = makeKeys
        self.apply = apply
    }

    /// Adds an update. Its completion runs on this loop.
    func add(_ entry: Entry) {
        if open.isEmpty {
            // The task runs after all ready sockets have been served.
            eventLoop.assumeIsolated().execute { [self] in flush() }
        }
        let targets = entry.update.targets
        guard let index = open.firstIndex(where: { $0.keys.targets === targets }) else {
            var entries: [Entry] = []
            entries.reserveCapacity(Self.countMax)
            entries.append(entry)
            open.append((keys(of: targets), entries))
            return
        }
        open[index].entries.append(entry)
        let count = open[index].entries.count
        guard count == Self.countMax || (count + 1) * targets.targets.count > Self.changesMax else { return }
        let entries = open[index].entries
        open[index].entries = []
        apply(open[index].keys, entries)
    }

    private func keys(of targets: UpdateTargets) -> TargetKeys {
        let identity = ObjectIdentifier(targets)
        if let keys = known[identity] { return keys }
        if known.count >= Self.knownMax { known.removeAll() }
        let keys = makeKeys(targets)
        known[identity] = keys
        return keys
    }

    private func flush() {
        let ready = open
        open = []
        for batch in ready where !batch.entries.isEmpty { apply(batch.keys, batch.entries) }
    }
}
