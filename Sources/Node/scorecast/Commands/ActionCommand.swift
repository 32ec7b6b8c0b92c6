import Administration
import ArgumentParser
import Settings
import Signing

/// `scorecast action`
struct ActionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "action",
        abstract: "Prints one or more action ids, or says what is wrong with one.",
        discussion: """
            An action id proves that a user did an action once. Your game server makes action ids; this command makes \
            them for tests. With --verify it runs the checks of a node on an id, and exits with 1 if one of them fails.

            Examples:
              scorecast action --user u1 --action kill
              scorecast action --user u1 --action race --score 9120
              scorecast action --user u1 --action kill --count 1000 > ids.txt
              scorecast action --user u1 --verify v1.k1.kill.…
            """
    )

    @Option(help: "The user who did the action.")
    var user: String

    @Option(help: "The action, as its id in the catalogue.")
    var action: String?

    @Option(parsing: .unconditional, help: "The new_score of the request, for actions that submit a score.")
    var score: Int64?

    @Option(help: "How many ids to print, one on each line; 1 to 1000000.")
    var count = 1

    @Option(help: "An action id to check instead of making one.")
    var verify: String?

    @OptionGroup var folder: DataFolderOptions

    func validate() throws {
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count must be 1 to 1000000.") }
        guard (action == nil) != (verify == nil) else {
            throw ValidationError("Give --action to make an action id, or --verify to check one.")
        }
        guard verify == nil || (score == nil && count == 1) else {
            throw ValidationError("--score and --count cannot be used with --verify.")
        }
    }

    func run() async throws {
        let configuration = try await folder.configuration(requiring: [.actionKeys])
        let issuer = try CredentialIssuer(configuration)
        if let verify {
            try report(try issuer.report(actionID: verify, user: user))
        } else if let action {
            do {
                for _ in 0..<count { print(try issuer.actionID(user: user, action: action, score: score)) }
            } catch let error as ActionIDFieldError {
                throw ValidationError("--\(error.rawValue) is malformed for an action id.")
            }
        }
    }

    private func report(_ report: ActionIDReport) throws {
        for line in report.lines {
            let name = line.check + String(repeating: " ", count: max(0, 10 - line.check.count))
            print("\(name) \(line.passes ? "ok   " : "WRONG") \(line.text)")
        }
        guard report.isGood else {
            print("A node with these keys refuses it.")
            throw ExitCode.failure
        }
        print("A node with these keys accepts it, once.")
    }
}
