import Listener
import Testing

/// The transitions of an HTTP/1.1 connection: phase, event, action, next phase.
@Suite struct ConnectionStateTests {
    private typealias Phase = ConnectionState.Phase

    /// All phases that a connection can be in.
    private static func phases() -> [Phase] {
        [
            .idle, .collecting, .awaitingUpgradeEnd, .answering,
            .forwarding(requestEnded: false, responseEnded: false),
            .forwarding(requestEnded: true, responseEnded: false),
            .forwarding(requestEnded: false, responseEnded: true),
            .ending, .over,
        ]
    }

    /// A connection in a phase, brought there by the events that lead to it.
    private func connection(in phase: Phase, isLast: Bool = false) -> ConnectionState {
        var state = ConnectionState()
        switch phase {
        case .idle: break
        case .collecting: state.beginCollecting()
        case .awaitingUpgradeEnd: state.beginUpgrade()
        case .answering:
            state.beginCollecting()
            state.beginAnswering()
        case .forwarding(let requestEnded, let responseEnded):
            state.beginForwarding()
            if requestEnded { _ = state.endForwardedRequest() }
            if responseEnded { _ = state.endForwardedResponse() }
        case .ending: _ = state.beginEnding()
        case .over: _ = state.end()
        }
        if isLast { state.closeAfterResponse() }
        #expect(state.phase == phase)
        return state
    }

    // MARK: Requests and responses

    @Test("A request goes through its phases, and the connection is idle again after the answer")
    func requests() {
        let rows: [(from: Phase, event: (inout ConnectionState) -> Void, to: Phase)] = [
            (.idle, { $0.beginCollecting() }, .collecting),
            (.idle, { $0.beginUpgrade() }, .awaitingUpgradeEnd),
            (.idle, { $0.beginForwarding() }, .forwarding(requestEnded: false, responseEnded: false)),
            (.collecting, { $0.beginAnswering() }, .answering),
            (.awaitingUpgradeEnd, { $0.beginAnswering() }, .answering),
            (.answering, { $0.endAnswer() }, .idle),
        ]
        for (from, event, to) in rows {
            var state = connection(in: from)
            event(&state)
            #expect(state.phase == to, "\(from)")
            #expect(state.sequel == .open && !state.closesAfterResponse && !state.isQuiescing)
        }
    }

    /// An event of a request that Hummingbird works on.
    private enum Forwarded { case requestEnded, responseEnded }

    @Test("A forwarded request is over when it and its response have passed; the last response closes at once")
    func forwarding() {
        let begun = Phase.forwarding(requestEnded: false, responseEnded: false)
        let sent = Phase.forwarding(requestEnded: true, responseEnded: false)
        let early = Phase.forwarding(requestEnded: false, responseEnded: true)
        let rows: [(from: Phase, isLast: Bool, event: Forwarded, action: ConnectionState.Passed, to: Phase)] = [
            (begun, false, .requestEnded, .wait, sent),
            (begun, false, .responseEnded, .wait, early),
            (sent, false, .responseEnded, .idle, .idle),
            (early, false, .requestEnded, .idle, .idle),
            (begun, true, .requestEnded, .wait, sent),
            // The rest of its request does not matter any more.
            (begun, true, .responseEnded, .close, early),
            (sent, true, .responseEnded, .close, .idle),
            (early, true, .requestEnded, .close, .idle),
        ]
        for (from, isLast, event, action, to) in rows {
            var state = connection(in: from, isLast: isLast)
            let taken = event == .requestEnded ? state.endForwardedRequest() : state.endForwardedResponse()
            #expect(taken == action, "\(from) \(event), last: \(isLast)")
            #expect(state.phase == to, "\(from) \(event), last: \(isLast)")
        }
    }

    @Test("Ends of a forwarded request that come in another phase change nothing")
    func lateEnds() {
        for phase in Self.phases() {
            if case .forwarding = phase { continue }
            var state = connection(in: phase, isLast: true)
            #expect(state.endForwardedRequest() == .wait)
            #expect(state.endForwardedResponse() == .wait)
            #expect(state.phase == phase)
        }
    }

    @Test("Each phase says who has to wait, whose request it is, and whether a body is missing")
    func questions() {
        struct Answers: Equatable {
            var mustWait = false
            var isIdle = false
            var isForFrontRoute = false
            var isDone = false
            var awaitsBody = false
            var owesBody = false
        }
        let rows: [(phase: Phase, answers: Answers)] = [
            (.idle, Answers(isIdle: true)),
            (.collecting, Answers(isForFrontRoute: true, awaitsBody: true)),
            (.awaitingUpgradeEnd, Answers(isForFrontRoute: true, awaitsBody: true)),
            (.answering, Answers(mustWait: true, isForFrontRoute: true)),
            (
                .forwarding(requestEnded: false, responseEnded: false),
                Answers(awaitsBody: true, owesBody: true)
            ),
            (.forwarding(requestEnded: true, responseEnded: false), Answers(mustWait: true)),
            (
                .forwarding(requestEnded: false, responseEnded: true),
                Answers(awaitsBody: true, owesBody: true)
            ),
            (.ending, Answers(isDone: true)),
            (.over, Answers(isDone: true)),
        ]
        #expect(rows.map(\.phase) == Self.phases())
        for (phase, answers) in rows {
            let state = connection(in: phase)
            let given = Answers(
                mustWait: state.mustWait, isIdle: state.isIdle, isForFrontRoute: state.isForFrontRoute,
                isDone: state.isDone, awaitsBody: state.awaitsBody, owesBody: state.owesBody)
            #expect(given == answers, "\(phase)")
        }
    }

    // MARK: Ends

    @Test("A server that stops closes at once only if no response is due, and otherwise after the response")
    func quiescing() {
        let atOnce: [Phase] = [.idle, .forwarding(requestEnded: false, responseEnded: true)]
        for phase in Self.phases() {
            var state = connection(in: phase)
            #expect(state.quiesce() == atOnce.contains(phase), "\(phase)")
            #expect(state.phase == phase && state.isQuiescing && state.closesAfterResponse, "\(phase)")
        }
    }

    @Test("The end begins once, and the connection is over once")
    func ending() {
        for phase in Self.phases() {
            var state = connection(in: phase)
            #expect(state.beginEnding() == (phase != .ending && phase != .over), "\(phase)")
            #expect(state.phase == (phase == .over ? .over : .ending), "\(phase)")
            state = connection(in: phase)
            #expect(state.end() == (phase != .over), "\(phase)")
            #expect(state.phase == .over, "\(phase)")
        }
    }

    @Test("The first end of the client's requests is the one that counts")
    func sequels() {
        typealias Sequel = ConnectionState.Sequel
        let events: [(apply: (inout ConnectionState) -> Void, sequel: Sequel)] = [
            ({ $0.endSequel() }, .nothing),
            ({ $0.closeInput() }, .nothing),
            ({ $0.refuseSequel(.malformed) }, .refusal(.malformed)),
            ({ $0.refuseSequel(.headersTooLarge) }, .refusal(.headersTooLarge)),
            ({ $0.refuseSequel(.targetTooLong) }, .refusal(.targetTooLong)),
        ]
        for first in events {
            for second in events {
                var state = ConnectionState()
                first.apply(&state)
                second.apply(&state)
                #expect(state.sequel == first.sequel)
                #expect(state.phase == .idle)
            }
        }
        var state = ConnectionState()
        state.endSequel()
        #expect(!state.inputIsClosed)
        state.closeInput()
        #expect(state.inputIsClosed)
    }

    @Test("When no request waits, the end closes or refuses, but not before an answer that is due")
    func settling() {
        let later: [Phase] = [.answering, .forwarding(requestEnded: true, responseEnded: false), .ending, .over]
        for phase in Self.phases() {
            var state = connection(in: phase)
            #expect(state.settle() == .nothing, "\(phase), open")
            state.endSequel()
            #expect(state.settle() == (later.contains(phase) ? .nothing : .close), "\(phase), ended")
            state = connection(in: phase)
            state.refuseSequel(.malformed)
            #expect(state.settle() == (later.contains(phase) ? .nothing : .refuse(.malformed)), "\(phase), refused")
            #expect(state.phase == phase)
        }
    }
}
