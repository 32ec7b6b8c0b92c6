import Basics
import LoadTest
import Testing

@Suite("Before the traffic")
struct StartingLineTests {
    private func scenario(rate: Double = 100, users: Int = 100, points: Int64 = 5, seconds: Int = 10) -> Scenario {
        var scenario = Scenario(duration: .seconds(seconds))
        scenario.updates.rate = rate
        scenario.updates.users = users
        scenario.updates.points = points
        return scenario
    }

    // MARK: Leads

    @Test(
        "a run begins right above the board's top, and at zero if nobody is above that",
        arguments: [(nil, 0), (0, 0), (-7, 0), (1, 2), (4321, 4322)] as [(Int64?, Int64)])
    func lead(_ top: Int64?, _ lead: Int64) throws {
        #expect(try StartingLine.lead(above: top, scenario(), nodes: 2) == lead)
    }

    @Test("without updates nobody needs a lead")
    func watchersOnly() throws {
        #expect(try StartingLine.lead(above: 9, scenario(rate: 0), nodes: 1) == 0)
    }

    @Test("a board that is too high for the run's points is refused before anything is sent, up to the last point")
    func bound() throws {
        let small = scenario(rate: 1, users: 1, points: 1, seconds: 10)
        // Ten requests, and one by the node.
        let highest = StartingLine.scoreMax - 12
        #expect(try StartingLine.lead(above: highest, small, nodes: 1) == highest + 1)
        for top in [highest + 1, StartingLine.scoreMax, .max] {
            let error = #expect(throws: LoadError.self) { try StartingLine.lead(above: top, small, nodes: 1) }
            #expect(error?.description.contains("Remove that score, use a board without it") == true)
        }
    }

    @Test("a thousand runs in a row are far from the bound, and each of them begins above the one before")
    func thousandRuns() throws {
        let many = scenario(rate: 1000, users: 5000, seconds: 30)
        var top: Int64?
        for _ in 0..<1000 {
            let lead = try StartingLine.lead(above: top, many, nodes: 2)
            try #require(lead > top ?? -1)
            // The best user of the run had five times its share.
            top = lead + 5 * 6 * 5
        }
        #expect(top.map { $0 < StartingLine.scoreMax / 1_000_000_000 } == true)
    }

    @Test("the largest test there is fits on an empty board")
    func largest() throws {
        let largest = scenario(rate: 100_000, users: 100, points: 1_000_000, seconds: 86_400)
        #expect(try StartingLine.lead(above: 1_000_000, largest, nodes: 8) == 1_000_001)
    }

    @Test("the action of leads has a name that is an id, whatever the scenario's action is")
    func action() throws {
        let name = String(repeating: "a", count: 59)
        let scenario = try ScenarioReader.read(Array(#"{"duration":"1s","updates":{"action":"\#(name)"}}"#.utf8))
        #expect(StartingLine.action(for: scenario.updates.action).utf8.count == 64)
        #expect(throws: ScenarioError.self) {
            try ScenarioReader.read(Array(#"{"duration":"1s","updates":{"action":"\#(name)b"}}"#.utf8))
        }
    }

    // MARK: Clocks

    @Test("the time of an answer is read, and nothing else is taken for one")
    func dates() {
        #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.seconds("Thu, 29 Feb 2024 00:00:00 GMT") == 1_709_164_800)
        for text in [
            "", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Foo 1994 08:49:37 GMT", "1994", "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, 06 Nov 1994 99999999999999:00:00 GMT",
        ] {
            #expect(HTTPDate.seconds(text) == nil, "\(text)")
        }
    }

    @Test("clocks differ only when no way of counting makes them agree")
    func clocks() {
        var agreeing = ClockRange()
        #expect(agreeing.difference == 0)
        agreeing.narrow(date: 99, sent: 100.2, received: 100.3)
        agreeing.narrow(date: 100, sent: 100.9, received: 101.9)
        #expect(agreeing.difference == 0)
        var ahead = ClockRange()
        for second in 0..<5 {
            let now = 100 + Double(second) * 0.3
            ahead.narrow(date: (now + 40).rounded(.down), sent: now, received: now + 0.01)
        }
        #expect((40...41).contains(ahead.difference))
        var behind = ClockRange()
        behind.narrow(date: 60, sent: 100.5, received: 100.6)
        #expect((-41...(-38)).contains(behind.difference))
        // Corrected meanwhile.
        behind.narrow(date: 110, sent: 110.1, received: 110.2)
        #expect(behind.difference == 0)
    }
}
