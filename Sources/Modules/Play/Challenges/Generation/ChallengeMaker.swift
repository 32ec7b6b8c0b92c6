/// Makes a challenge: by the AI service if there is one and it answers in time, and else by templates. It always gives
/// one.
package struct ChallengeMaker: Sendable {
    private let ai: (any ChallengeAI)?
    private let patience: Duration

    /// - Parameters:
    ///   - ai: the AI service; nil if none is configured.
    ///   - patience: after this long without an answer of the AI service, the templates make the challenge.
    package init(ai: (any ChallengeAI)?, patience: Duration = .seconds(35)) {
        self.ai = ai
        self.patience = patience
    }

    /// Makes the challenge.
    package func make(_ work: ChallengeWork) async -> GeneratedChallenge {
        let builtin = BuiltinGenerator.challenge(id: work.id, task: work.task, difficulty: work.difficulty)
        guard let ai, let task = work.task else { return GeneratedChallenge(content: builtin, origin: .builtin) }
        let answers = await withTaskGroup(of: Answers.self) { tasks in
            tasks.addTask { await Self.ask(ai, about: task, for: work) }
            tasks.addTask { [patience] in
                try? await Task.sleep(for: patience)
                return Answers()
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? Answers()
        }
        return GeneratedChallenge(
            content: answers.content ?? builtin, origin: answers.content == nil ? .builtin : .ai,
            understoodType: answers.type)
    }

    /// What the AI service gave. If it makes no challenge, the type may still be of use.
    private struct Answers: Sendable {
        var content: ChallengeContent?
        var type: String?
    }

    private static func ask(_ ai: any ChallengeAI, about task: ChallengeTask, for work: ChallengeWork) async -> Answers
    {
        var answers = Answers()
        if task.type == nil {
            do throws(ChallengeAIFailure) {
                answers.type = try await ai.type(of: task)
            } catch {
                // The next question would only keep the user waiting.
                if error.isAway { return answers }
            }
        }
        answers.content = try? await ai.challenge(
            of: task.with(type: task.type ?? answers.type), preferences: work.preferences,
            difficulty: work.difficulty)
        return answers
    }
}
