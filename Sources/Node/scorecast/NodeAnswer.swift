import Administration
import ArgumentParser

/// A node's answers on the terminal.
enum NodeAnswer {
    /// Returns an answer's body. If the node has refused, prints the reason and the remedy, and ends with exit code 1.
    ///
    /// - Parameter refusal: makes a text for people from the status and the body of a refusal.
    static func accepted(
        _ answer: NodeClient.Answer, refusal: (_ status: Int, _ body: String) -> String
    ) throws -> String {
        guard (200..<300).contains(answer.status) else {
            Shell.note(refusal(answer.status, answer.body))
            throw ExitCode.failure
        }
        return answer.body
    }
}
