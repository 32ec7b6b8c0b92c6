import Basics
import Synchronization

/// The mails that wait, and the one that is being sent.
final class MailWaitingList: Sendable {
    /// A mail, and how often it was tried.
    struct Entry: Sendable {
        let mail: OutgoingMail
        let tries: Int
        fileprivate let due: ContinuousClock.Instant
    }

    private enum Phase { case open, stopping, closed }

    private struct State {
        var entries: [Entry] = []
        /// 1 while a mail is being sent: it keeps its place, so that it can be put back.
        var sending = 0
        var phase = Phase.open
    }

    private enum Step {
        case take(Entry)
        case wait(until: ContinuousClock.Instant?)
        case end
    }

    private let state = Mutex(State())
    private let bell = WakeSignal()
    private let countMax: Int

    init(countMax: Int) { self.countMax = countMax }

    /// The mails that wait or are being sent.
    var count: Int { state.withLock { $0.entries.count + $0.sending } }

    /// Whether a mail is being sent.
    var isSending: Bool { state.withLock { $0.sending > 0 } }

    /// Adds a mail that is due now. Returns whether there was a place.
    func add(_ mail: OutgoingMail) -> Bool {
        let isAdded = state.withLock { state in
            guard state.phase != .closed, state.entries.count + state.sending < countMax else { return false }
            state.entries.append(Entry(mail: mail, tries: 0, due: .now))
            return true
        }
        if isAdded { bell.ring() }
        return isAdded
    }

    /// The mail that has been due for longest, as soon as one is due; nil after the end: when the task is cancelled, or
    /// when the list is to stop and empty. For one caller, which says ``finish()`` or puts the mail back.
    func next() async -> Entry? {
        while !Task.isCancelled {
            switch step() {
            case .take(let entry): return entry
            case .end: return nil
            case .wait(let end): await wait(until: end)
            }
        }
        return nil
    }

    /// Puts the mail that was being sent back. Returns whether it will be tried again: not if the node stops.
    func putBack(_ entry: Entry, tries: Int, after pause: Duration) -> Bool {
        state.withLock { state in
            guard state.phase == .open else { return false }
            state.entries.append(Entry(mail: entry.mail, tries: tries, due: .now + pause))
            state.sending = 0
            return true
        }
    }

    /// The mail that was being sent is done.
    func finish() { state.withLock { $0.sending = 0 } }

    /// All that waits is due, and then the list ends.
    func stop() {
        state.withLock { if $0.phase == .open { $0.phase = .stopping } }
        bell.ring()
    }

    /// Takes no more. Returns how many are left.
    func close() -> Int {
        state.withLock { state in
            state.phase = .closed
            defer { state.entries = [] }
            return state.entries.count
        }
    }

    private func step() -> Step {
        state.withLock { state in
            guard let first = state.entries.indices.min(by: { state.entries[$0].due < state.entries[$1].due }) else {
                return state.phase == .open ? .wait(until: nil) : .end
            }
            guard state.phase != .open || state.entries[first].due <= .now else {
                return .wait(until: state.entries[first].due)
            }
            state.sending = 1
            return .take(state.entries.remove(at: first))
        }
    }

    private func wait(until end: ContinuousClock.Instant?) async {
        guard let end else { return await bell.wait() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.bell.wait() }
            group.addTask { try? await Task.sleep(until: end, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
    }
}
