import Access
import HTTPKit
import Listener
import NIOCore
import NIOHTTP1

/// `POST /update-score`, from a request's bytes to its answer. `UpdateScoreLane` leads here.
///
/// The checks, in order: the rate of the client address, media type, token, form of the body; then those of
/// `UpdateScore`.
struct UpdateScoreRoute: Sendable {
    let authenticator: RequestAuthenticator
    let updateScore: UpdateScore

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
            updateScore.apply(
                try UpdateScoreRequest.parse(request.body), by: claims, on: eventLoop, respond: respond)
        } catch {
            respond(updateScore.refusal(error))
        }
    }
}
