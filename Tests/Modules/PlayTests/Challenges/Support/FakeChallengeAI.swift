import NIOConcurrencyHelpers
import Play

/// An AI service that does what it is told.
final class FakeChallengeAI: ChallengeAI {
    /// What it does when it is asked.
    enum Mode: Sendable {
        case good
        /// Fails at once.
        case fails(isAway: Bool)
        /// Understands tasks, but makes no challenges.
        case onlyUnderstands
        /// Makes challenges, but understands nothing.
        case onlyMakes
        /// Never answers.
        case silent
    }

    /// What it was asked.
    struct Record {
        var types = 0
        var challenges: [(type: String?, preferences: String)] = []
    }

    private let mode: Mode
    private let box = NIOLockedValueBox(Record())

    init(_ mode: Mode) { self.mode = mode }

    /// What it was asked until now.
    var record: Record { box.withLockedValue { $0 } }

    static let content = ChallengeContent(
        title: "By the AI", description: "Text", steps: ["Step"], hints: [ChallengeHint(text: "Hint", cost: 3)])

    func type(of task: ChallengeTask) async throws(ChallengeAIFailure) -> String {
        box.withLockedValue { $0.types += 1 }
        switch mode {
        case .good, .onlyUnderstands: return "learning"
        case .onlyMakes: throw ChallengeAIFailure(isAway: false)
        case .fails(let isAway): throw ChallengeAIFailure(isAway: isAway)
        case .silent: throw await Self.silence()
        }
    }

    func challenge(
        of task: ChallengeTask, preferences: String, difficulty: ChallengeDifficulty
    ) async throws(ChallengeAIFailure) -> ChallengeContent {
        box.withLockedValue { $0.challenges.append((task.type, preferences)) }
        switch mode {
        case .good, .onlyMakes: return Self.content
        case .onlyUnderstands: throw ChallengeAIFailure(isAway: false)
        case .fails(let isAway): throw ChallengeAIFailure(isAway: isAway)
        case .silent: throw await Self.silence()
        }
    }

    /// Waits until the caller gives up.
    private static func silence() async -> ChallengeAIFailure {
        try? await Task.sleep(for: .seconds(600))
        return ChallengeAIFailure(isAway: true)
    }
}
