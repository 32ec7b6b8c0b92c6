import Access
import Basics
import Logging
import Metrics
import NIOConcurrencyHelpers
import Reporting
import ServiceLifecycle
import Signing

/// Keeps in memory which sessions have ended, and the API keys: reads them in Redis about four times a second, and
/// tells the event loops, which check tokens (docs/adr/0030).
///
/// On a node that writes it also moves the time of Redis' list on, as a sign of life for nodes that read a replica.
final class CredentialFollower: Service {
    private struct State {
        var book: CredentialBook
        /// The last answer of Redis; nil if the last look failed.
        var last: CredentialReading?
        /// When the time of the list last moved, in ms of the steady clock.
        var movedAt: Int64
    }

    let board: any CredentialBoard
    private let tokens: TokenVerifiers
    private let writes: Bool
    private let trouble: TroubleLog
    private let state: NIOLockedValueBox<State>
    private let wakeSignal = WakeSignal()
    private let metrics = CredentialFollowerMetrics()
    private let startedAt = SteadyTime.milliseconds

    /// The average time between two looks, in ms, with a jitter of ±20 %.
    private static let intervalMilliseconds = 250.0
    /// The wait after a failure: short, so that a node knows soon after Redis is back.
    private static let backoff = Backoff(base: .milliseconds(250), cap: .milliseconds(500), jitter: .equal)
    /// After this time without a change, a node that writes moves the time of the list on. Well within the time for
    /// which a look proves something.
    private static let beatMilliseconds: Int64 = 400
    /// Shorter problems are not logged: a deployment that starts has no list at first.
    private static let patienceMilliseconds: Int64 = 5_000

    /// - Parameters:
    ///   - board: Redis.
    ///   - writes: whether the node uses no Redis but the primary, and writes to it.
    ///   - tokens: told of all changes.
    init(board: any CredentialBoard, writes: Bool, tokens: TokenVerifiers, logger: Logger) {
        self.board = board
        self.writes = writes
        self.tokens = tokens
        let book = CredentialBook(readsPrimary: writes)
        state = NIOLockedValueBox(State(book: book, movedAt: SteadyTime.milliseconds))
        trouble = TroubleLog(
            warning: "It is not known which sessions have ended: tokens of sessions and API keys are refused",
            notice: "It is known again which sessions have ended", logger: logger)
    }

    /// Whether the node knows which sessions have ended.
    var knows: Bool { state.withLockedValue { $0.book.knows(now: SteadyTime.milliseconds) } }

    /// The last answer of Redis; nil if the last look failed.
    var lastReading: CredentialReading? { state.withLockedValue { $0.last } }

    /// Looks at once.
    func wake() { wakeSignal.ring() }

    /// Takes in sessions that have ended, as Postgres says.
    ///
    /// - Returns: those that Redis may not have.
    func note(_ ended: [SessionID]) -> [SessionID] {
        state.withLockedValue { state in
            tokens.apply(state.book.note(ended, now: SteadyTime.milliseconds))
            return state.book.notShared(ended)
        }
    }

    /// Follows Redis until shutdown.
    func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            var wait = Duration.milliseconds(Int64(Self.intervalMilliseconds * .random(in: 0.8...1.2)))
            do {
                if try await look() { wait = .zero }
                failures = 0
                judge("nodes with Postgres have not completed the list in Redis, or it does not move on")
            } catch {
                failures += 1
                wait = Self.backoff.wait(failures: failures)
                state.withLockedValue { $0.last = nil }
                metrics.errors.increment()
                judge("\(error)")
            }
            await wakeSignal.wait(upTo: wait)
        }
    }

    /// Looks into Redis once.
    ///
    /// - Returns: whether there is more to read.
    private func look() async throws -> Bool {
        let askedAt = SteadyTime.milliseconds
        let reading = try await board.read(after: state.withLockedValue { $0.book.position })
        let isDue = state.withLockedValue { state in
            let now = SteadyTime.milliseconds
            if state.last?.beat != reading.beat { state.movedAt = now }
            state.last = reading
            tokens.apply(state.book.take(reading, askedAt: askedAt, now: now))
            return now - state.movedAt >= Self.beatMilliseconds
        }
        if writes, isDue, !reading.server.isEmpty, reading.run == reading.server {
            _ = try await board.write(CredentialChange())
        }
        return reading.hasMore && !reading.sessions.isEmpty && !isFull
    }

    private var isFull: Bool { state.withLockedValue { $0.book.sessions.count >= EndedSessions.countMax } }

    /// Reports whether the node knows, and if not, why.
    private func judge(_ reason: String) {
        let now = SteadyTime.milliseconds
        let (sessions, keys, provedAt) = state.withLockedValue {
            ($0.book.sessions.count, $0.book.keyCount, $0.book.provedAt)
        }
        let age = now - (provedAt ?? startedAt)
        metrics.record(ageMilliseconds: age, sessions: sessions, keys: keys)
        if age < CredentialKnowledge.holdsMilliseconds {
            if provedAt != nil { trouble.recordSuccess() }
        } else if age >= Self.patienceMilliseconds {
            trouble.recordFailure(reason)
        }
    }
}
