import StrictJSON

/// One score update, posted as a client would post it, for trying a deployment from the command line.
public struct ScorePost: Sendable {
    private let client: NodeClient

    /// - Parameter url: the URL of an API node, as for ``NodeClient``.
    public init(url: String) {
        client = NodeClient(url: url)
    }

    /// Posts the update.
    public func send(
        user: String, actionID: String, newScore: Int64?, token: String
    ) async throws(NodeClient.Unreachable) -> NodeClient.Answer {
        var body: [UInt8] = []
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            json.member("user_id", user)
            json.member("action_id", actionID)
            if let newScore { json.member("new_score", newScore) }
            json.endObject()
        }
        do throws(NodeClient.Unreachable) {
            return try await client.send(.post, "/update-score", body: body, token: token)
        } catch {
            throw error.adding("The same action id can be posted again: it counts once.")
        }
    }

    /// Returns what an operator can do about a response. Pure.
    public static func advice(status: Int, body: String) -> String? {
        switch status {
        case 200: nil
        case 401:
            "The node does not accept this token. Does it have the same SCORECAST_JWT_SECRET, issuer and audience as "
                + "this command? The keys of 'scorecast up' are in its data folder: --data FOLDER."
        case 403 where body.contains("suspicious_activity"):
            "The node does not believe the action id, or the score in it. 'scorecast action --verify ID --user USER' "
                + "says what is wrong with an id. A node that runs in 'scorecast up' prints why it refused this one."
        case 404 where body.contains("unknown_action"):
            "The catalogue has no such action. GET /actions lists them, PUT /actions/ID adds one (docs/protocol.md)."
        case 404: "There is no /update-score at this address. Is it an API node?"
        case 429: "The user has reached a limit for now: SCORECAST_RATE_LIMIT, or the action's own limits."
        case 503: "The node cannot write now: GET /readyz says why. The same action id can be posted again."
        default: nil
        }
    }
}
