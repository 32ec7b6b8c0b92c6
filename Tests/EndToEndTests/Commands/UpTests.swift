import Foundation
import LocalServers
import TestSupport
import Testing

@Suite("scorecast up", .serialized)
struct UpTests {
    @Test(
        "it becomes ready with moving scores, ends without leaving a process, and finds its data again",
        .timeLimit(.minutes(3)))
    func wholeLife() async throws {
        let folder = try makeTestFolder("up") + "/data"
        // The first run: demo traffic, the page, and a watcher.
        let first = try await ScorecastProcess.start(["up", "--demo", "--data", folder])
        let page = try await TinyHTTP.request(port: first.port, "/")
        #expect(page.status == 200 && page.header("content-type")?.hasPrefix("text/html") == true)
        let watcher = try await WatchingClient.open(port: first.port)
        try await eventually("the scoreboard moves") {
            watcher.state.types.filter { $0 == "leaderboard-update" }.count >= 3
        }
        #expect(watcher.state.violations.isEmpty, "\(watcher.state.violations.prefix(5))")
        try await Self.update("keeper", folder: folder, port: first.port, expecting: 5)
        let mode =
            try FileManager.default.attributesOfItem(atPath: folder + "/secrets.env")[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        try await Self.interrupt(first, folder: folder)
        try await eventually("the watcher is told") { watcher.state.ended }
        #expect(watcher.state.closeCode == 1012)

        // The second run, without the demo, goes on from there, and is killed. Empty variables count as not set.
        let empty = ["SCORECAST_JWT_SECRET": "", "SCORECAST_ACTION_KEYS": "", "SCORECAST_LOG_FORMAT": ""]
        let second = try await ScorecastProcess.start(["up", "--data", folder], environment: empty)
        try await Self.update("keeper", folder: folder, port: second.port, expecting: 10)
        await second.kill()

        // The third run copes with the leftovers of the second.
        let third = try await ScorecastProcess.start(["up", "--data", folder])
        try await Self.update("keeper", folder: folder, port: third.port, expecting: 15)
        try await Self.interrupt(third, folder: folder)
    }

    @Test(
        "if stopped before it is up, it leaves no process behind", .timeLimit(.minutes(2)),
        arguments: [SIGINT, SIGTERM])
    func interrupted(_ signal: Int32) async throws {
        let folder = try makeTestFolder("up") + "/data"
        let process = try ScorecastProcess.launch(["up", "--data", folder])
        try await eventually("it has started something") { ProcessTable.processes(of: folder).count >= 2 }
        process.signal(signal)
        try await eventually("it ends", timeout: .seconds(20)) { !process.isRunning }
        #expect(await process.terminate() == 130)
        #expect(ProcessTable.processes(of: folder).isEmpty)
    }

    @Test("score posts to the node of its folder and prints the answer", .timeLimit(.minutes(2)))
    func score() async throws {
        let folder = try makeTestFolder("up") + "/data"
        let process = try await ScorecastProcess.start(["up", "--data", folder])
        for (action, code, word) in [("kill", 0, "\"new_score\":5"), ("nope", 1, "unknown_action")] {
            let outcome = try await ScorecastProcess.run(["score", "u1", action, "--data", folder])
            #expect(Int(outcome.code) == code && outcome.output.contains(word), "\(outcome.output)\(outcome.errors)")
            #expect(outcome.errors.isEmpty == (code == 0), "a refusal says what to do: \(outcome.errors)")
        }
        try await Self.interrupt(process, folder: folder)
    }

    @Test("a second one in the same folder is refused, and the first one keeps running", .timeLimit(.minutes(2)))
    func twice() async throws {
        let folder = try makeTestFolder("up") + "/data"
        let first = try await ScorecastProcess.start(["up", "--data", folder])
        let second = try await ScorecastProcess.run(
            ["up", "--data", folder], environment: ["SCORECAST_HTTP_PORT": "0"])
        #expect(second.code != 0 && !second.errors.isEmpty)
        #expect(try await TinyHTTP.request(port: first.port, "/readyz").status == 200)
        try await Self.interrupt(first, folder: folder)
    }

    /// Counts one kill, with a token and an action id made as on the command line.
    private static func update(_ user: String, folder: String, port: Int, expecting score: Int64) async throws {
        let token = try await ScorecastProcess.run(["token", "--sub", user, "--data", folder])
        let id = try await ScorecastProcess.run(["action", "--user", user, "--action", "kill", "--data", folder])
        let lines = [token, id].map { $0.output.split(separator: "\n").first.map { String($0) } ?? "" }
        let answer = try await TinyHTTP.post(
            port: port, "/update-score", json: Update.body(user: user, id: lines[1]),
            headers: [("Authorization", "Bearer \(lines[0])")])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json["new_score"] == .integer(score))
    }

    /// Presses Ctrl-C. The process must end within 15 s and leave no process behind.
    private static func interrupt(_ process: ScorecastProcess, folder: String) async throws {
        #expect(ProcessTable.processes(of: folder).count >= 3, "scorecast, redis-server, postgres")
        process.signal(SIGINT)
        try await eventually("it ends after Ctrl-C", timeout: .seconds(15) + EndToEnd.machineSlack) {
            !process.isRunning
        }
        #expect(await process.terminate() == 0)
        let left = ProcessTable.processes(of: folder)
        #expect(left.isEmpty, "left behind: \(left)")
    }
}
