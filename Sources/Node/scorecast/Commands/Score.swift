import Administration
import ArgumentParser
import LocalServers
import Settings
import Signing

/// `scorecast score`
struct Score: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a token and an action id, posts the update, and prints the response.",
        discussion: """
            For trying a deployment. It takes the keys from the environment, or from the data folder of 'scorecast \
            up', which also has the address of the node. If the update is refused, it says what to do and exits with 1.

            Examples:
              scorecast score u1 kill
              scorecast score u1 kill --url http://127.0.0.1:9000 --data ~/scorecast
              scorecast score u1 race --score 9120

            'scorecast up' begins with the actions kill, assist and capture. An action such as race, for which the \
            request brings the score, has to be added first: PUT /actions/race with "submits_score": true \
            (docs/protocol.md).
            """
    )

    @Argument(help: "The user who did the action.")
    var user: String

    @Argument(help: "The action, as its id in the catalogue.")
    var action: String

    @Option(parsing: .unconditional, help: "The new score, for actions that submit one.")
    var score: Int64?

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let configuration = try await options.folder.configuration(requiring: [.tokenSigning, .actionKeys])
        let issuer = try CredentialIssuer(configuration)
        let token: String
        let actionID: String
        do {
            token = try await issuer.token(sub: user)
            actionID = try issuer.actionID(user: user, action: action, score: score)
        } catch is TokenIssuerError {
            throw ValidationError("USER is not a user id: printable UTF-8 that is not too long.")
        } catch let error as ActionIDFieldError {
            throw ValidationError("The \(error.rawValue) is malformed for an action id.")
        }
        let url = options.url(configuration)
        let answer = try await ScorePost(url: url).send(user: user, actionID: actionID, newScore: score, token: token)
        print(answer.body)
        guard answer.status != 200 else { return }
        Shell.note("Refused with status \(answer.status); the action id was \(actionID)")
        if let advice = ScorePost.advice(status: answer.status, body: answer.body) { Shell.note(advice) }
        throw ExitCode.failure
    }
}
