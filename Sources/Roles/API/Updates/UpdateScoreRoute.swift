import Access
import HTTPKit
import Listener
import NIOCore
import NIOHTTP1
import Signing

/// `POST /update-score`, from a request's bytes to its answer. `UpdateScoreLane` leads here.
///
/// The checks, in order: the rate of the client address, media type, token and its scopes, form of the body; then those
/// of `UpdateScore`.
struct UpdateScoreRoute: Sendable {
    let authenticator: RequestAuthenticator
    let updateScore: UpdateScore

    /// Everybody with a token that may send updates; whose, `UpdateScore` checks.
    static let access = RouteAccess.users(scopes)
    private static let scopes: Scopes = .scoresWrite

    /// Longer bodies are refused before they are read.
    static let bodyBytesMax = 4 * 1024

    /// Serves one request on its event loop; `respond` is called once.
    func handle(_ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (Reply) -> Void) {
        let headers = request.head.headers
        do throws(APIError) {
            try authenticator.admit(headers, from: request.remoteAddress, on: eventLoop)
            try MediaType.requireJSON(
                headers.first(name: "content-type"), hasContentCoding: request.hasContentCoding)
            let claims = try authenticator.claims(of: headers, on: eventLoop)
            guard claims.scopes.isSuperset(of: Self.scopes) else { throw APIError.forbidden }
            updateScore.apply(
                try UpdateScoreRequest.parse(request.body), by: claims, on: eventLoop, respond: respond)
        } catch {
            respond(updateScore.refusal(error))
        }
    }
}
