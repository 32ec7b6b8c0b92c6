import Basics

/// Makes challenges by templates. The same id, task and difficulty give the same challenge.
package enum BuiltinGenerator {
    /// Makes a challenge.
    ///
    /// - Parameter task: nil if it was deleted in the meantime.
    package static func challenge(
        id: String, task: ChallengeTask?, difficulty: ChallengeDifficulty
    ) -> ChallengeContent {
        var generator = SplitMix64(seed: seed("\(id)\n\(task?.title ?? "")"))
        let texts = BuiltinTexts.all(difficulty)
        let frame = texts.frames[Int.random(in: texts.frames.indices, using: &generator)]
        let subject = subject(of: task)
        let steps = frame.steps.map { $0.replacing("{task}", with: subject) }
        let hints = texts.hints.shuffled(using: &generator).prefix(3).enumerated().map { index, text in
            // The first one is free.
            ChallengeHint(text: text, cost: Int64(index) * texts.price)
        }
        return ChallengeContent(
            title: frame.title.replacing("{task}", with: subject),
            description: frame.description.replacing("{task}", with: subject), steps: steps, hints: hints)
    }

    /// The title of the task, cut so that every text keeps its limit.
    private static func subject(of task: ChallengeTask?) -> String {
        let limit = 120
        guard let task else { return "your task" }
        let scalars = task.title.unicodeScalars
        return scalars.count <= limit ? task.title : String(String.UnicodeScalarView(scalars.prefix(limit))) + "…"
    }

    /// FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo, 1991), 64 bits.
    private static func seed(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
