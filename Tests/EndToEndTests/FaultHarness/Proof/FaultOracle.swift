import Synchronization
import TestSupport

/// Records every try of every update, and every answer, outside of the deployment.
final class FaultOracle: Sendable {
    /// One request. Times are in ms since the start of the timeline.
    struct Try: Sendable {
        var sent: Int
        var ended: Int
        var result: String
    }

    /// One action id.
    struct Entry: Sendable {
        var user: String
        var action: FaultAction
        /// The last tries.
        var tries: [Try] = []
        /// The answer of the acknowledgement, with `replayed` false; nil if there was none.
        var answer: String?
        var acknowledgedAt = 0
        /// Whether the answer said that it counted now.
        var isFresh = false
        /// When the request was sent that was acknowledged.
        var sentAt = 0
    }

    private struct State {
        var entries: [Substring: Entry] = [:]
        /// The last acknowledged ids.
        var recent: [String] = []
        var acknowledged = 0
        var replays = 0
        var refused = 0
        var unanswered = 0
        var violations: [String] = []
    }

    private let timeline: FaultTimeline
    private let state = Mutex(State())

    private static let triesMax = 12
    private static let recentMax = 500
    private static let replayMark = #""replayed":true"#

    init(_ timeline: FaultTimeline) { self.timeline = timeline }

    /// The signature of an action id, its last part.
    static func signature(_ id: String) -> Substring { id.split(separator: ".").last ?? "" }

    /// Notes a new action id, before it is sent.
    func begin(_ id: String, user: String, action: FaultAction) {
        state.withLock { $0.entries[Self.signature(id)] = Entry(user: user, action: action) }
    }

    /// Records a 200.
    ///
    /// - Parameter isFirst: whether nobody has sent the id before, so that it cannot be a replay.
    func acknowledge(_ id: String, sent: Int, body: String, isFirst: Bool) {
        let isReplay = body.contains(Self.replayMark)
        let answer = body.replacing(Self.replayMark, with: #""replayed":false"#)
        let now = timeline.now
        state.withLock { state in
            let signature = Self.signature(id)
            guard var entry = state.entries[signature] else { return }
            Self.add(Try(sent: sent, ended: now, result: isReplay ? "200 replayed" : "200"), to: &entry)
            if isReplay { state.replays += 1 }
            if let first = entry.answer {
                if !isReplay { Self.violation("applied twice: \(id)", &state) }
                if first != answer {
                    Self.violation("another answer than at first: \(id): \(first) and \(body)", &state)
                }
            } else {
                if isReplay && isFirst { Self.violation("a replay at the first try: \(id): \(body)", &state) }
                entry.answer = answer
                (entry.acknowledgedAt, entry.sentAt, entry.isFresh) = (now, sent, !isReplay)
                state.acknowledged += 1
                if state.recent.count < Self.recentMax {
                    state.recent.append(id)
                } else {
                    state.recent[state.acknowledged % Self.recentMax] = id
                }
            }
            state.entries[signature] = entry
        }
    }

    /// Records a try without an acknowledgement.
    func failed(_ id: String, sent: Int, result: String, isAnswer: Bool) {
        let now = timeline.now
        state.withLock { state in
            if isAnswer { state.refused += 1 } else { state.unanswered += 1 }
            guard var entry = state.entries[Self.signature(id)] else { return }
            Self.add(Try(sent: sent, ended: now, result: result), to: &entry)
            state.entries[Self.signature(id)] = entry
        }
    }

    /// Records updates of a batch that were acknowledged, whose answers are not looked at again.
    func acknowledgeAll(_ ids: [(id: String, user: String)], action: FaultAction) {
        state.withLock { state in
            for (id, user) in ids {
                state.entries[Self.signature(id)] = Entry(
                    user: user, action: action, answer: "", acknowledgedAt: timeline.now)
            }
            state.acknowledged += ids.count
        }
    }

    /// Records something that must not happen. The first hundred are kept.
    func violation(_ text: String) {
        let text = "\(timeline.now) ms: \(text)"
        state.withLock { Self.violation(text, &$0) }
    }

    private static func violation(_ text: String, _ state: inout State) {
        if state.violations.count < 100 { state.violations.append(text) }
    }

    private static func add(_ attempt: Try, to entry: inout Entry) {
        entry.tries.append(attempt)
        if entry.tries.count > triesMax { entry.tries.remove(at: 1) }
    }

    /// An action id that was acknowledged lately, with its user.
    func earlier(_ random: Int) -> (id: String, user: String)? {
        state.withLock { state in
            guard !state.recent.isEmpty else { return nil }
            let id = state.recent[random % state.recent.count]
            return state.entries[Self.signature(id)].map { (id, $0.user) }
        }
    }

    /// The last acknowledged ids.
    var recent: [String] { state.withLock { $0.recent } }
    /// All action ids, by signature.
    var entries: [Substring: Entry] { state.withLock { $0.entries } }
    /// The number of acknowledged action ids.
    var acknowledged: Int { state.withLock { $0.acknowledged } }
    /// The number of requests that were refused.
    var refused: Int { state.withLock { $0.refused } }
    var violations: [String] { state.withLock { $0.violations } }

    /// The numbers of answers, for people.
    var summary: String {
        state.withLock {
            "\($0.acknowledged) acknowledged, \($0.replays) replays, \($0.refused) refused, \($0.unanswered) unanswered"
        }
    }

    /// An action id with its tries, for people.
    func story(_ signature: Substring) -> String {
        guard let entry = state.withLock({ $0.entries[signature] }) else { return "\(signature): never sent" }
        let tries = entry.tries.map { "\($0.sent)–\($0.ended) ms \($0.result)" }.joined(separator: ", ")
        let end = entry.answer == nil ? "not acknowledged" : "acknowledged at \(entry.acknowledgedAt) ms"
        return "\(signature) of \(entry.user) by \(entry.action.id): \(end); tries: \(tries)"
    }
}
