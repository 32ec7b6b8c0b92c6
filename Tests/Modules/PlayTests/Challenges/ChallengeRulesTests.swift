import Basics
import HTTPKit
import NIOCore
import Play
import StrictJSON
import Testing

/// The decisions about challenges that need no store.
struct ChallengeRulesTests {
    @Test func ids() {
        let id = ChallengeID.random()
        #expect(ChallengeID.isValid(id))
        #expect(id != ChallengeID.random())
        for text in ["", String(id.dropLast()), id + "x", String(repeating: "é", count: 11), "a b" + id.dropFirst(3)] {
            #expect(!ChallengeID.isValid(text))
        }
    }

    @Test(arguments: [
        (#"{"task_id":"7"}"#, "7 medium"), (#"{"task_id":7,"difficulty":null}"#, "7 medium"),
        (#"{"task_id":"7","difficulty":"hard"}"#, "7 hard"), (#"{"difficulty":"easy"}"#, "invalid_input task_id"),
        (#"{"task_id":"7","difficulty":"mad"}"#, "invalid_input difficulty"),
        (#"{"task_id":"7","difficulty":1}"#, "invalid_input difficulty"),
        (#"{"task_id":null}"#, "invalid_input task_id"),
        (#"{"task_id":"7","more":1}"#, "invalid_input more"), (#"{"task_id":"x"}"#, "unknown_task "),
        (#"{"task_id":-1}"#, "unknown_task "), (#"{"task_id":1.5}"#, "invalid_input task_id"),
        ("[]", "invalid_input body"), ("", "invalid_input body"), ("{}{}", "invalid_input body"),
    ]) func requests(_ body: String, _ expected: String) {
        let result: String
        do throws(APIError) {
            let request = try ChallengeRequest(ByteBuffer(string: body))
            result = "\(request.taskID) \(request.difficulty)"
        } catch {
            result = "\(error.code.rawValue) \(error.details.map(\.field).joined(separator: " "))"
        }
        #expect(result == expected)
    }

    static let longest = #""\#(String(repeating: "x", count: 1022))""#

    @Test(arguments: [
        (#"{"progress":0}"#, "0 nil"), (#"{"progress":100,"state":null}"#, "100 nil"),
        (#"{"progress":5,"state":{"a":[1e300]}}"#, #"5 {"a":[1e300]}"#), (#"{"progress":5,"state":1e400000}"#, "state"),
        ("{\"progress\":5,\"state\":{\n\t\"a\":\"\\u0000\"}}", #"5 {  "a":"\u0000"}"#),
        (#"{"progress":5,"state":\#(longest)}"#, "5 \(longest)"),
        (#"{"progress":5,"state":[\#(longest)]}"#, "state"), (#"{"state":1}"#, "progress"),
        (#"{"progress":101}"#, "progress"), (#"{"progress":-1}"#, "progress"), (#"{"progress":1.0}"#, "progress"),
        (#"{"progress":"1"}"#, "progress"), (#"{"progress":1,"user_id":"u2"}"#, "user_id"),
    ]) func progress(_ body: String, _ expected: String) {
        let result: String
        do throws(APIError) {
            let request = try ProgressRequest(ByteBuffer(string: body))
            result = "\(request.progress) \(request.state ?? "nil")"
        } catch {
            result = error.details.map(\.field).joined(separator: " ")
        }
        #expect(result == expected)
    }

    /// Every text keeps its limits, also for the longest title, and the same input gives the same challenge.
    @Test(arguments: ChallengeDifficulty.allCases) func builtin(_ difficulty: ChallengeDifficulty) {
        var titles: Set<String> = []
        for number in 0..<200 {
            let title = number % 2 == 0 ? "Read" : String(repeating: "👨‍👩‍👧‍👦", count: 200)
            let task = ChallengeTask(title: title, description: "", type: nil, priority: 0, tags: [])
            let made = BuiltinGenerator.challenge(id: "id\(number)", task: task, difficulty: difficulty)
            #expect(made == BuiltinGenerator.challenge(id: "id\(number)", task: task, difficulty: difficulty))
            #expect((1...200).contains(made.title.unicodeScalars.count))
            #expect(made.description.unicodeScalars.count <= 10_000)
            #expect((1...20).contains(made.steps.count))
            #expect(made.steps.allSatisfy { (1...500).contains($0.unicodeScalars.count) && !$0.contains("{task}") })
            #expect(made.hints.count == 3)
            #expect(made.hints[0].cost == 0 && made.hints[1].cost > 0 && made.hints[2].cost > made.hints[1].cost)
            titles.insert(made.title)
        }
        #expect(titles.count >= 4)
        #expect(BuiltinGenerator.challenge(id: "id", task: nil, difficulty: difficulty).title.contains("your task"))
    }

    @Test func hints() {
        let hints = (0..<2).map { ChallengeHint(text: "\($0)", cost: Int64($0)) }
        let content = ChallengeContent(title: "", description: "", steps: [], hints: hints)
        #expect(content.nextHint(taken: 0)?.index == 0)
        #expect(content.nextHint(taken: 0)?.left == 1)
        #expect(content.nextHint(taken: 1)?.hint.text == "1")
        #expect(content.nextHint(taken: 1)?.left == 0)
        #expect(content.nextHint(taken: 2) == nil)
    }

    /// A message that is too long leaves out what clients can ask for.
    @Test func messages() throws {
        func message(steps: Int) throws -> JSONValue {
            let content = ChallengeContent(
                title: "T", description: "D", steps: Array(repeating: String(repeating: "x", count: 500), count: steps),
                hints: [ChallengeHint(text: "secret", cost: 1)])
            let challenge = Challenge(
                id: ChallengeID.random(), ownerID: "u1", taskID: 1, difficulty: .hard, status: .ready, content: content,
                origin: .ai, members: 1, createdAt: 0, readyAt: 0, completedAt: nil)
            let text = ChallengeMessages.generated(SeenChallenge(challenge: challenge, userID: "u1", member: nil))
            #expect(text.utf8.count <= 8192)
            #expect(!text.contains("secret"))
            return try JSONValue(Array(text.utf8))
        }
        #expect(try message(steps: 2)["challenge"]?["steps"]?.array?.count == 2)
        #expect(try message(steps: 20)["challenge"]?["steps"] == nil)
        #expect(try message(steps: 20)["type"]?.string == "challenge-generated")
    }
}
