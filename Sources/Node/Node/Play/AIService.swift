import AIClient
import Play

/// The AI service as the generation of challenges sees it.
struct AIService: ChallengeAI {
    let client: AIClient

    func type(of task: ChallengeTask) async throws(ChallengeAIFailure) -> String {
        do throws(AIError) {
            return try await client.type(of: AITask(task))
        } catch {
            throw ChallengeAIFailure(isAway: error.isAway)
        }
    }

    func challenge(
        of task: ChallengeTask, preferences: String, difficulty: ChallengeDifficulty
    ) async throws(ChallengeAIFailure) -> ChallengeContent {
        do throws(AIError) {
            let made = try await client.challenge(
                for: AITask(task), preferences: preferences, difficulty: difficulty.rawValue)
            return ChallengeContent(
                title: made.title, description: made.description, steps: made.steps,
                hints: made.hints.map { ChallengeHint(text: $0.text, cost: $0.cost) })
        } catch {
            throw ChallengeAIFailure(isAway: error.isAway)
        }
    }
}

extension AITask {
    fileprivate init(_ task: ChallengeTask) {
        self.init(
            title: task.title, description: task.description, type: task.type, priority: task.priority,
            tags: task.tags)
    }
}
