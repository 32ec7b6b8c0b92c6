import LoadTest
import Testing

@Suite("Scenario files")
struct ScenarioTests {
    private func problems(_ json: String) -> [String] {
        do {
            _ = try ScenarioReader.read(Array(json.utf8))
            return []
        } catch {
            return error.problems
        }
    }

    @Test("all but the duration has a default")
    func defaults() throws {
        let scenario = try ScenarioReader.read(Array(#"{"duration":"30s"}"#.utf8))
        #expect(scenario == Scenario(duration: .seconds(30)))
    }

    @Test("every member is read")
    func members() throws {
        let json = #"""
            {"name": "all", "seed": 7, "board": "guild-7", "duration": "2m", "settle": "500ms",
             "watchers": {"count": 3, "mode": "delta", "limit": 5, "arrivals": 2.5},
             "updates": {"users": 9, "rate": 12.5, "connections": 4, "timeout": "2s", "replays": 0.25, "invalid": 0.5,
              "action": "run", "points": 3},
             "thresholds": {"update_p99_ms": 20, "accepted_per_second": 10.5}}
            """#
        var wanted = Scenario(duration: .seconds(120))
        (wanted.name, wanted.seed, wanted.board, wanted.settle) = ("all", 7, "guild-7", .milliseconds(500))
        wanted.watchers.count = 3
        wanted.watchers.mode = .delta
        wanted.watchers.limit = 5
        wanted.watchers.arrivals = 2.5
        (wanted.updates.users, wanted.updates.rate, wanted.updates.connections) = (9, 12.5, 4)
        (wanted.updates.timeout, wanted.updates.replays, wanted.updates.invalid) = (.seconds(2), 0.25, 0.5)
        (wanted.updates.action, wanted.updates.points) = ("run", 3)
        wanted.thresholds = [.updateP99: 20, .acceptedPerSecond: 10.5, .updateErrors: 0]
        #expect(try ScenarioReader.read(Array(json.utf8)) == wanted)
    }

    @Test("all that is wrong is told at once, each with its path")
    func allAtOnce() {
        let found = problems(
            #"""
            {"duration": 30, "seed": -1, "wachters": {}, "watchers": {"count": "many", "mode": "half", "limit": 101},
             "updates": {"rate": 1e9, "timeout": "5 s", "points": 0, "replays": 0.6, "invalid": 0.5, "user": 3},
             "thresholds": {"update_p98_ms": 3, "update_error_share": 1.5, "reconnects": null}}
            """#)
        let paths = [
            "duration", "seed", "wachters", "watchers.count", "watchers.mode", "watchers.limit", "updates.rate",
            "updates.timeout", "updates.points", "updates.user", "updates.invalid", "thresholds.update_p98_ms",
            "thresholds.update_error_share", "thresholds.reconnects",
        ]
        #expect(found.map { String($0.prefix { $0 != ":" }) } == paths)
        #expect(found.contains(#"watchers.count: must be a whole number from 0 to 100000, not "many""#))
        #expect(found.contains("watchers.mode: must be one of full, delta, mixed, not \"half\""))
        #expect(found.contains("updates.user: is not a member of a scenario"))
    }

    @Test(
        "a text that is not a scenario at all is refused too",
        arguments: [
            ("", "The input is empty"), ("{", "ends in the middle"), (#"{"name":"a","name":"b"}"#, "same key twice"),
            ("[]", "the scenario: must be an object, not an array"), ("{}", "duration: is required"),
            (#"{"duration":"1s","watchers":3}"#, "watchers: must be an object, not 3"),
            (#"{"duration":"1s","updates":{"rate":0}}"#, "nothing would be proved"),
        ])
    func malformed(_ json: String, _ message: String) {
        let found = problems(json)
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test(
        "durations are whole numbers with a unit",
        arguments: ["", "30", "s", "-1s", "1.5s", "1d", "1S", "99999999999s"])
    func durations(_ text: String) {
        #expect(problems(#"{"duration":"\#(text)"}"#).count == 1)
    }

    @Test("a file that is not there is told")
    func missing() {
        let error = #expect(throws: ScenarioError.self) { try ScenarioReader.read(file: "/nowhere/scenario.json") }
        #expect(error?.problems == ["/nowhere/scenario.json cannot be read: No such file or directory."])
    }
}
