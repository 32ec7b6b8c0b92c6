import Administration
import ArgumentParser
import LocalServers
import Settings
import Signing

/// The node to which a command sends its request, and the token of the request.
struct NodeOptions: ParsableArguments {
    @Option(
        help: "An API node. Default: the node of the data folder, or SCORECAST_HTTP_PORT of this machine.")
    var url: String?

    @OptionGroup var folder: DataFolderOptions

    /// The variable that holds a token.
    static let tokenName = "SCORECAST_TOKEN"
    /// How long a token lives that a command makes for itself, in ms.
    private static let tokenLifetime: Int64 = 300_000

    func validate() throws {
        if let url, !["http://", "https://"].contains(where: { url.lowercased().hasPrefix($0) }) {
            throw ValidationError("--url must begin with http:// or https://, such as http://127.0.0.1:8080.")
        }
    }

    /// The node, and the token: `SCORECAST_TOKEN`, or one that is made with the deployment's key.
    ///
    /// - Parameter needsToken: if true and there is neither a token nor a key, prints the places where this command
    ///   looks for keys, and ends with exit code 78. If false, the token may be nil.
    func node(needsToken: Bool) async throws -> (client: NodeClient, token: String?) {
        let given = Shell.environment[Self.tokenName]
        let isNeeded = needsToken && given == nil
        let configuration = try await folder.configuration(requiring: isNeeded ? [.tokenSigning] : [])
        var token = given
        if given == nil, configuration.canSignTokens {
            token = try await CredentialIssuer(configuration).token(
                sub: "scorecast", role: .admin, lifetimeMilliseconds: Self.tokenLifetime)
        }
        return (NodeClient(url: url(configuration)), token)
    }

    /// The URL of the node.
    func url(_ configuration: NodeConfiguration) -> String {
        url ?? folder.folder.address() ?? configuration.localURL(port: configuration.httpPort)
    }
}
