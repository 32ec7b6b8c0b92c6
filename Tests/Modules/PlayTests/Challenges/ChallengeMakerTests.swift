import Play
import Testing

struct ChallengeMakerTests {
    static func work(type: String?, hasTask: Bool = true) -> ChallengeWork {
        let task = ChallengeTask(title: "Read", description: "", type: type, priority: 0, tags: [])
        return ChallengeWork(
            id: ChallengeID.random(), ownerID: "u1", difficulty: .easy, task: hasTask ? task : nil,
            preferences: #"{"a":1}"#)
    }

    @Test func withoutService() async {
        let made = await ChallengeMaker(ai: nil).make(Self.work(type: nil))
        #expect(made.origin == .builtin)
        #expect(made.understoodType == nil)
    }

    /// How often each thing is asked, and what comes of it.
    @Test(arguments: [
        (FakeChallengeAI.Mode.good, nil, "ai learning 1 1"), (.good, "work", "ai nil 0 1"),
        (.fails(isAway: true), nil, "builtin nil 1 0"), (.fails(isAway: true), "work", "builtin nil 0 1"),
        (.fails(isAway: false), nil, "builtin nil 1 1"), (.onlyMakes, nil, "ai nil 1 1"),
        (.onlyUnderstands, nil, "builtin learning 1 1"),
    ]) func outcomes(_ mode: FakeChallengeAI.Mode, _ type: String?, _ expected: String) async {
        let ai = FakeChallengeAI(mode)
        let made = await ChallengeMaker(ai: ai).make(Self.work(type: type))
        let record = ai.record
        #expect(
            "\(made.origin) \(made.understoodType ?? "nil") \(record.types) \(record.challenges.count)" == expected)
        #expect(made.origin == .builtin || made.content == FakeChallengeAI.content)
        #expect(!made.content.title.isEmpty)
    }

    /// The service learns the type that it has found, and the wishes of the user.
    @Test func question() async {
        let ai = FakeChallengeAI(.good)
        _ = await ChallengeMaker(ai: ai).make(Self.work(type: nil))
        #expect(ai.record.challenges.map(\.type) == ["learning"])
        #expect(ai.record.challenges.map(\.preferences) == [#"{"a":1}"#])
    }

    @Test func deletedTask() async {
        let ai = FakeChallengeAI(.good)
        let made = await ChallengeMaker(ai: ai).make(Self.work(type: nil, hasTask: false))
        #expect(made.origin == .builtin)
        #expect(ai.record.types + ai.record.challenges.count == 0)
    }

    /// A service that never answers is given up.
    @Test(arguments: [nil, "work"]) func silence(_ type: String?) async {
        let start = ContinuousClock.now
        let maker = ChallengeMaker(ai: FakeChallengeAI(.silent), patience: .milliseconds(100))
        #expect(await maker.make(Self.work(type: type)).origin == .builtin)
        #expect(ContinuousClock.now - start < .seconds(30))
    }
}
