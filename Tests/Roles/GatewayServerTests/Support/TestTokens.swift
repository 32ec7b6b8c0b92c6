import Access
import Gateway
import NIOConcurrencyHelpers
import NIOCore

/// Tokens that are good by their name alone, with keys and a clock that tests change.
final class TestTokens: WatcherTokens {
    struct State {
        /// Any time at all.
        var now: Int64 = 1_790_000_000_000
        var generation: UInt64? = 1
        /// By name; `exp` in ms since 1970.
        var good: [String: Int64] = ["good": 1_790_000_060_000]
        /// Names whose key is not there.
        var unknown: Set<String> = ["unknown"]
        /// Names whose key comes in time for the check of this number, from 1.
        var arrivals: [String: Int] = [:]
        var checks: [String] = []
    }

    private let state = NIOLockedValueBox(State())

    /// Changes keys, tokens or the clock.
    func change(_ change: (inout State) -> Void) { state.withLockedValue { change(&$0) } }

    /// What was checked, in order.
    var checks: [String] { state.withLockedValue { $0.checks } }

    func check(_ token: [UInt8], on eventLoop: any EventLoop) -> TokenVerdict {
        state.withLockedValue { state in
            let name = String(decoding: token, as: UTF8.self)
            state.checks.append(name)
            guard let generation = state.generation else { return .unavailable }
            if let arrival = state.arrivals[name], state.checks.count(where: { $0 == name }) >= arrival {
                state.unknown.remove(name)
                state.good[name] = state.now + 60_000
            }
            if state.unknown.contains(name) { return .unknownKey }
            guard let expiresAt = state.good[name], state.now < expiresAt else { return .refused }
            return .good(TokenTerm(expiresAt: expiresAt, leeway: 0, now: state.now, generation: generation))
        }
    }

    func generation(on eventLoop: any EventLoop) -> UInt64? { state.withLockedValue { $0.generation } }
    var now: Int64 { state.withLockedValue { $0.now } }
}
