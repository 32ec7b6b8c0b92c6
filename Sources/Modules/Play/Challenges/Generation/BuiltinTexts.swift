/// The texts of the generator by templates, for one difficulty. `{task}` stands for the title of the task.
struct BuiltinTexts: Sendable {
    /// A challenge without its hints.
    struct Frame: Sendable {
        let title: String
        let description: String
        let steps: [String]
    }

    let frames: [Frame]
    let hints: [String]
    /// What the second hint costs, in coins; the third costs twice as much.
    let price: Int64

    static func all(_ difficulty: ChallengeDifficulty) -> BuiltinTexts {
        switch difficulty {
        case .easy: easy
        case .medium: medium
        case .hard: hard
        }
    }

    private static let easy = BuiltinTexts(
        frames: [
            Frame(
                title: "First step: {task}",
                description: "Begin with \"{task}\" and get the first part done. A small part counts.",
                steps: ["Find the smallest part of \"{task}\" that is of use.", "Do this part.", "Note what is left."]),
            Frame(
                title: "Ten minutes for {task}",
                description: "Work on \"{task}\" for ten minutes without a break, and see how far you get.",
                steps: ["Set a timer to ten minutes.", "Work on \"{task}\" until it rings.", "Tidy up."]),
            Frame(
                title: "Clear the way for {task}",
                description: "Put away all that is between you and \"{task}\", and then do it.",
                steps: ["List what you need for \"{task}\".", "Get it ready.", "Do the task."]),
        ],
        hints: [
            "Begin with the part that you like best.", "Put your phone into another room.",
            "If it takes less than two minutes, do it now.", "Tell somebody that you have begun.",
        ], price: 1)

    private static let medium = BuiltinTexts(
        frames: [
            Frame(
                title: "In one go: {task}",
                description: "Do \"{task}\" in one sitting, from the first step to the last.",
                steps: [
                    "Split \"{task}\" into three parts.", "Do the first part.", "Do the second part.",
                    "Do the last part and check the result.",
                ]),
            Frame(
                title: "Before the clock: {task}",
                description: "Guess how long \"{task}\" takes, and be faster than that.",
                steps: [
                    "Write down how long you think that it takes.", "Start a clock.", "Do \"{task}\".",
                    "Compare the time with your guess.",
                ]),
            Frame(
                title: "Twice as good: {task}",
                description: "Do \"{task}\", and then improve one thing in it that others will notice.",
                steps: [
                    "Decide what a good result of \"{task}\" looks like.", "Do it.", "Find one thing to improve.",
                    "Improve it.",
                ]),
        ],
        hints: [
            "Do the part that you would like to put off first.", "Work for 25 minutes, then rest for five.",
            "Write down the very next step, in one sentence.", "Leave out what nobody would miss.",
            "Ask a friend who has done it before.",
        ], price: 2)

    private static let hard = BuiltinTexts(
        frames: [
            Frame(
                title: "The whole of it: {task}",
                description: "Finish \"{task}\" today, with nothing left over, and leave it better than it has to be.",
                steps: [
                    "Write down all that \"{task}\" needs until it is finished.", "Put it into an order.",
                    "Do the hardest part first.", "Do the rest.", "Check each point of your list.",
                ]),
            Frame(
                title: "Without a break: {task}",
                description: "Do \"{task}\" without a single distraction, however long it takes.",
                steps: [
                    "Turn off all that could disturb you.", "Decide when \"{task}\" is finished.", "Do the first half.",
                    "Do the second half.", "Write down what you would do otherwise the next time.",
                ]),
            Frame(
                title: "Teach it: {task}",
                description: "Do \"{task}\" so well that you could show somebody else how it is done.",
                steps: [
                    "Find out how experts do \"{task}\".", "Do it their way.", "Write down each step.",
                    "Explain it to somebody.", "Correct what was not clear.",
                ]),
        ],
        hints: [
            "Find a solution that others have used, and begin there.",
            "When you are stuck, work on it from the end backwards.",
            "Make a first version that is bad on purpose, and improve it.",
            "Cut the hardest part in half until one half is easy.", "Sleep on it before you check the result.",
        ], price: 5)
}
