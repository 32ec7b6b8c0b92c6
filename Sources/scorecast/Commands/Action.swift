import ArgumentParser
import Operations
import Signing

/// `scorecast action`
struct Action: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints one action id, or several.",
        discussion: """
            An action id proves that a user did an action once. Your game server makes them; this command makes them for trying and for \
            tests.

            Examples:
              scorecast action --user u1 --action kill
              scorecast action --user u1 --action race --score 9120
              scorecast action --user u1 --action kill --count 1000 > ids.txt
            """
    )

    @Option(help: "The user who did it.")
    var user: String

    @Option(help: "What the user did: an id of the catalogue.")
    var action: String

    @Option(help: "The score that the request has to bring, for actions that submit one.")
    var score: Int64?

    @Option(help: "How many to print, each on a line; 1 to 1000000.")
    var count = 1

    @OptionGroup var folder: DataFolderOptions

    func run() async throws {
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count must be 1 to 1000000.") }
        let configuration = try await Shell.configuration(
            environment: try folder.environment(), requiring: [.actionKeys])
        let mint = try Mint(configuration)
        do {
            for _ in 0..<count { print(try mint.actionID(user: user, action: action, score: score)) }
        } catch let error as ActionIDFieldError {
            throw ValidationError("--\(error.rawValue) is not of the form that action ids have.")
        }
    }
}
