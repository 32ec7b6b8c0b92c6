import Access
import Accounts
import Basics
import Logging
import NIOConcurrencyHelpers
import Reporting
import ServiceLifecycle
import Signing

/// Carries ended sessions and API keys from Postgres to Redis: as soon as this node commits a change, and by looking
/// into Postgres about once a second for changes that others have committed. It also completes the list in a Redis that
/// has started again or was emptied. All nodes with a database do this, and none of them leads.
final class CredentialCarrier: CredentialSpread, Service {
    private struct State {
        /// The keys that were read last, with their tag, and when.
        var keys: (list: APIKeyList, tag: String, readAt: Int64)?
        /// When the last look that worked began, in ms of the steady clock.
        var lookedAt: Int64?
        /// How many looks have ended, so that a caller can wait for one that begins after its call.
        var ended = 0
        var begun = 0
    }

    private let archive: any CredentialArchive
    private let follower: CredentialFollower
    private let mayWrite: @Sendable () -> Bool
    private let trouble: TroubleLog
    private let state = NIOLockedValueBox(State())
    private let wakeSignal = WakeSignal()

    /// The average time between two looks, in ms, with a jitter of ±20 %.
    private static let intervalMilliseconds = 800.0
    /// The wait if another node was faster, or Redis has not answered yet.
    private static let retryWait = Duration.milliseconds(100)
    private static let backoff = Backoff(base: .milliseconds(500), cap: .seconds(2), jitter: .equal)
    /// A session is looked for until this long after its end was written: a transaction may commit later.
    private static let overlapMilliseconds: Int64 = 30_000
    /// The keys are read again after this time even if their revision is the same: a restored database can reach the
    /// same revision with other keys, and keys expire.
    private static let keysReadAgainMilliseconds: Int64 = 10_000
    /// How long a request waits until nodes can learn of its change from Redis. After that they learn from Postgres.
    private static let patience = Duration.seconds(1)

    /// - Parameters:
    ///   - archive: Postgres.
    ///   - follower: follows Redis.
    ///   - mayWrite: whether the database has said that this Redis belongs to it.
    init(
        archive: any CredentialArchive, follower: CredentialFollower, mayWrite: @escaping @Sendable () -> Bool,
        logger: Logger
    ) {
        self.archive = archive
        self.follower = follower
        self.mayWrite = mayWrite
        trouble = TroubleLog(
            warning: "Ended sessions and API keys cannot be carried from Postgres to Redis",
            notice: "Ended sessions and API keys are carried from Postgres to Redis again", logger: logger)
    }

    // MARK: Changes of this node

    /// See `CredentialSpread`. This node refuses the sessions at once.
    func sessionsEnded(_ sessions: [SessionID]) async {
        let missing = follower.note(sessions)
        guard !missing.isEmpty, mayWrite() else { return wakeSignal.ring() }
        await Patience.wait(upTo: Self.patience) { [self] in
            do {
                var change = CredentialChange()
                change.ended = missing
                _ = try await follower.board.write(change)
            } catch {
                trouble.recordFailure("\(error)")
            }
            // Should it have failed, the next look finds them.
            wakeSignal.ring()
            follower.wake()
        }
    }

    /// See `CredentialSpread`.
    func keysChanged() async {
        let wanted = state.withLockedValue { state in
            state.keys?.readAt = .min / 2
            return state.begun + 1
        }
        wakeSignal.ring()
        let deadline = ContinuousClock.now + Self.patience
        while state.withLockedValue({ $0.ended < wanted }), ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    // MARK: Changes of others

    /// Looks into Postgres until shutdown.
    func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let number = state.withLockedValue { state in
                state.begun += 1
                return state.begun
            }
            var wait = Duration.milliseconds(Int64(Self.intervalMilliseconds * .random(in: 0.8...1.2)))
            do {
                if !(try await look()) { wait = Self.retryWait }
                failures = 0
                trouble.recordSuccess()
            } catch {
                failures += 1
                wait = Self.backoff.wait(failures: failures)
                trouble.recordFailure("\(error)")
            }
            state.withLockedValue { $0.ended = number }
            await wakeSignal.wait(upTo: wait)
        }
    }

    /// Looks into Postgres once.
    ///
    /// - Returns: false if it has to look again soon, since another node has changed Redis meanwhile.
    private func look() async throws -> Bool {
        // The order matters: what Redis has is known before Postgres is read. So Postgres is at least as new as all
        // that is replaced, and has every session whose end was only told to a Redis of before.
        guard let seen = follower.lastReading else { return false }
        let completes = !seen.server.isEmpty && seen.run != seen.server
        let now = SteadyTime.milliseconds
        let (before, known) = state.withLockedValue { ($0.lookedAt, $0.keys) }
        let sinceLast = before.map { now - $0 + Self.overlapMilliseconds } ?? EndedSessions.keptMilliseconds
        let window = completes ? EndedSessions.keptMilliseconds : min(sinceLast, EndedSessions.keptMilliseconds)
        let (ended, revision) = try await archive.look(within: window)
        var missing = follower.note(ended)

        let keysAreKnown =
            known.map {
                $0.list.revision == revision && $0.tag == seen.keysTag
                    && now - $0.readAt < Self.keysReadAgainMilliseconds
            } ?? false
        var change = CredentialChange()
        if completes || !keysAreKnown {
            let list = try await archive.keys()
            let tag = follower.board.tag(of: list)
            state.withLockedValue { $0.keys = (list, tag, now) }
            if completes || tag != seen.keysTag { change.keys = (list, seen.keysTag) }
        }
        if completes {
            change.completes = seen.server
            missing = ended
        }
        change.ended = missing
        guard completes || change.keys != nil || !missing.isEmpty else {
            state.withLockedValue { $0.lookedAt = now }
            return true
        }
        let isWritten = try await follower.board.write(change)
        follower.wake()
        if isWritten { state.withLockedValue { $0.lookedAt = now } }
        return isWritten
    }
}
