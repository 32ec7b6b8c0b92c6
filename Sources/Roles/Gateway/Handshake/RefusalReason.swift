import Leaderboard
import Listener

/// Why an upgrade was refused; the metric's label.
package enum RefusalReason: String, CaseIterable, Sendable {
    case method, upgrade, version, key, origin, input, board, window, token, scope, keys, catalogue, capacity, address,
        rate
    case gone, draining
    case addressRate = "address_rate"
}
