import Basics
import Gateway
import Testing

/// The wheel and the liveness of peers.
@Suite struct TimerTests {
    final class Entry: WheelEntry {
        var wheelPlace = WheelPlace.none
        let name: Int

        init(_ name: Int) { self.name = name }
    }

    @Test func returnsEntriesWhenTheirTimeHasCome() {
        var wheel = TimerWheel<Entry>()
        let entries = (0..<5).map(Entry.init)
        for (entry, ticks) in zip(entries, [3, 1, 3, 0, 100_000]) { wheel.insert(entry, in: ticks) }
        #expect(wheel.count == 5)
        #expect(wheel.advance().map(\.name).sorted() == [1, 3])
        #expect(wheel.advance().isEmpty)
        wheel.remove(entries[0])
        wheel.remove(entries[0])
        #expect(wheel.advance().map(\.name) == [2])
        #expect(wheel.entries.map(\.name) == [4])
        for _ in 4..<TimerWheel<Entry>.ticksMax { #expect(wheel.advance().isEmpty) }
        #expect(wheel.advance().map(\.name) == [4])
        #expect(wheel.count == 0)
    }

    @Test func agreesWithASimpleModel() {
        var random = SplitMix64(seed: 42)
        var wheel = TimerWheel<Entry>()
        let entries = (0..<200).map(Entry.init)
        var due: [Int: UInt32] = [:]
        for _ in 0..<5_000 {
            for _ in 0..<3 {
                let entry = entries[Int.random(in: 0..<200, using: &random)]
                if Bool.random(using: &random) {
                    let ticks = Int.random(in: 1...511, using: &random)
                    wheel.insert(entry, in: ticks)
                    due[entry.name] = wheel.now + UInt32(ticks)
                } else {
                    wheel.remove(entry)
                    due[entry.name] = nil
                }
            }
            let returned = Set(wheel.advance().map(\.name))
            #expect(returned == Set(due.filter { $0.value == wheel.now }.keys))
            for name in returned { due[name] = nil }
            #expect(wheel.count == due.count)
        }
    }

    /// Two on each loop, looked at in the same turns: the end of the mute one is not the end of looking after the
    /// other.
    @Test func looksAfterThoseWhoOutliveAPeer() async throws {
        try await TestGateway.run {
            $0.liveness.pingMilliseconds = 300
            $0.liveness.jitterMilliseconds = 0
            $0.liveness.silenceMilliseconds = 3_000
        } _: { server in
            let sockets = try (0..<4).map { _ in try TestWebSocket(port: server.port) }
            for socket in sockets { _ = try socket.receiveStandings() }
            // Until both mute ones have been given up, and some turns longer.
            var turns = 4
            let deadline = ContinuousClock.now + .seconds(30)
            while turns > 0 {
                try #require(ContinuousClock.now < deadline, "the mute ones are still there")
                if server.gateway.connections <= 2 { turns -= 1 }
                for socket in sockets[2...] {
                    #expect(try socket.receive() == .ping([]))
                    try socket.send(opcode: 10)
                }
            }
            #expect(server.gateway.connections == 2)
            withExtendedLifetime(sockets) {}
        }
    }

    @Test func asksAndGivesUp() {
        let settings = Liveness.Settings(ping: 250, jitter: 0, silence: 600)
        var random = SplitMix64(seed: 1)
        var peer = Liveness(now: 0, settings: settings, using: &random)
        func visit(_ now: UInt32) -> Liveness.Verdict { peer.visit(now: now, settings: settings, using: &random) }
        #expect(visit(1) == .alive(again: 249))
        #expect(visit(250) == .ask(again: 250))
        #expect(visit(500) == .ask(again: 100))
        let before = peer
        #expect(visit(600) == .dead)
        peer = before
        peer.heard(now: 599)
        #expect(visit(600) == .alive(again: 150))
    }

    @Test func spreadsPings() {
        let settings = Liveness.Settings(ping: 250, jitter: 50, silence: 600)
        var random = SplitMix64(seed: 7)
        let pings = Set((0..<1000).map { _ in settings.nextPing(using: &random) })
        #expect(pings.min() == 200 && pings.max() == 300 && pings.count == 101)
    }
}
