import Leaderboard
import Players

/// How many members a room has on all gateways, and when to tell the others of one's own. Pure; times are ms of any one
/// clock that does not go back.
package struct RoomPresence {
    /// The least time between two notes of this gateway.
    package static let tellInterval: Int64 = 1000
    /// The longest.
    package static let repeatInterval: Int64 = 5000
    /// After how long without a note another gateway is forgotten.
    package static let lifetime: Int64 = 15_000
    /// Gateways that are known in one room. Stops made-up names from filling the memory.
    private static let gatewaysMax = 1024

    private let gateway: String
    private var own = 0
    private var others: [String: (count: Int, heardAt: Int64)] = [:]
    private var toldAt: Int64?
    private var isNews = false

    /// - Parameter gateway: this one's name.
    package init(gateway: String) {
        self.gateway = gateway
    }

    /// The members on all gateways.
    package var total: Int { others.values.reduce(own) { $0 + $1.count } }

    /// This gateway has so many members in the room.
    package mutating func setOwn(_ count: Int) {
        guard count != own else { return }
        own = count
        isNews = true
    }

    /// A note of a gateway came.
    package mutating func hear(_ note: GatewayPresence, at now: Int64) {
        guard note.gateway != gateway else { return }
        if note.asks { isNews = true }
        if note.count == 0 {
            others[note.gateway] = nil
        } else if others[note.gateway] != nil || others.count < Self.gatewaysMax {
            others[note.gateway] = (note.count, now)
        }
    }

    /// What others told may have been missed. The next look asks them.
    package mutating func askAgain() { toldAt = nil }

    /// Forgets gateways that are silent.
    ///
    /// - Returns: what to tell the others now; nil if nothing is due.
    package mutating func look(at now: Int64) -> GatewayPresence? {
        others = others.filter { now - $0.value.heardAt < Self.lifetime }
        guard let toldAt else { return tell(at: now, asks: true) }
        let wait = isNews ? Self.tellInterval : Self.repeatInterval
        return now - toldAt >= wait ? tell(at: now, asks: false) : nil
    }

    private mutating func tell(at now: Int64, asks: Bool) -> GatewayPresence {
        toldAt = now
        isNews = false
        return GatewayPresence(gateway: gateway, count: own, asks: asks)
    }
}
