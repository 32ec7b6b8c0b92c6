import Gateway
import Players
import Testing

/// How many members a room has on all gateways.
@Suite struct RoomPresenceTests {
    private static func note(_ gateway: String, _ count: Int, asks: Bool = false) -> GatewayPresence {
        GatewayPresence(gateway: gateway, count: count, asks: asks)
    }

    @Test("A gateway asks when it is new, tells changes at most once a second, and repeats itself")
    func tells() {
        var presence = RoomPresence(gateway: "g")
        presence.setOwn(1)
        #expect(presence.look(at: 0) == Self.note("g", 1, asks: true))
        #expect(presence.look(at: 500) == nil)
        presence.setOwn(2)
        #expect(presence.look(at: 999) == nil)
        #expect(presence.look(at: 1000) == Self.note("g", 2))
        #expect(presence.look(at: 5999) == nil, "nothing is new")
        #expect(presence.look(at: 6000) == Self.note("g", 2))
        presence.hear(Self.note("new", 3, asks: true), at: 7000)
        #expect(presence.look(at: 7000) == Self.note("g", 2), "somebody asks")
        presence.askAgain()
        #expect(presence.look(at: 7001) == Self.note("g", 2, asks: true))
    }

    @Test("Others count until they say that they have none, or are silent")
    func counts() {
        var presence = RoomPresence(gateway: "g")
        presence.setOwn(2)
        presence.hear(Self.note("a", 3), at: 0)
        presence.hear(Self.note("b", 4), at: 5000)
        presence.hear(Self.note("g", 99), at: 5000)
        #expect(presence.total == 9, "its own notes come back to it, and do not count")
        presence.hear(Self.note("b", 1), at: 6000)
        #expect(presence.total == 6)
        _ = presence.look(at: 14_999)
        #expect(presence.total == 6)
        _ = presence.look(at: 15_000)
        #expect(presence.total == 3, "the first is dead")
        presence.hear(Self.note("b", 0), at: 15_100)
        #expect(presence.total == 2)
    }
}
