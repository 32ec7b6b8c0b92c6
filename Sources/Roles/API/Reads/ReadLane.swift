import Access
import HTTPKit
import Leaderboard
import Listener
import NIOCore
import NIOHTTP1
import Signing

/// `GET /leaderboard` and `GET /leaderboard/users/{user_id}`, and HEAD for both, in front of Hummingbird on the
/// connection's event loop.
struct ReadLane: FastRoute {
    /// The routes.
    enum Kind {
        case page
        case user
    }

    let kind: Kind
    let reads: ReadRoutes
    let authenticator: RequestAuthenticator
    let cors: OriginPolicy

    /// Everybody reads public boards.
    static let access = RouteAccess.viewers(.scoresRead)

    var template: String {
        switch kind {
        case .page: "/leaderboard"
        case .user: "/leaderboard/users/{user_id}"
        }
    }

    /// The body of a read is ignored.
    var bodyBytesMax: Int { 4 * 1024 }

    func tooLarge(for head: HTTPRequestHead) -> FastResponse {
        APIError.tooLarge.reply.fastResponse(with: corsFields(head))
    }

    func tooSlow(for head: HTTPRequestHead) -> FastResponse {
        APIError(.requestTimeout).reply.fastResponse(with: corsFields(head))
    }

    private func corsFields(_ head: HTTPRequestHead) -> [(name: String, value: String)] {
        cors.isSameOriginOnly ? [] : cors.fields(for: head.headers.first(name: "origin"))
    }

    func accepts(_ head: HTTPRequestHead) -> Bool {
        guard head.method == .GET || head.method == .HEAD else { return false }
        switch kind {
        case .page: return head.hasPath("/leaderboard") || Self.segments(head.uri) == ["leaderboard"]
        case .user: return Self.userSegment(head.uri) != nil
        }
    }

    /// The segments of a path that may be one of these, without empty ones, over which Hummingbird's router passes too.
    /// Empty for other paths.
    private static func segments(_ uri: String) -> [Substring] {
        let bytes = uri.utf8
        guard bytes.starts(with: "/leaderboard".utf8) || bytes.starts(with: "//".utf8) else { return [] }
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        return uri[..<end].split(separator: "/")
    }

    private static func userSegment(_ uri: String) -> Substring? {
        let segments = segments(uri)
        return segments.count == 3 && segments[0] == "leaderboard" && segments[1] == "users" ? segments[2] : nil
    }

    func handle(
        _ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (FastResponse) -> Void
    ) {
        let fields = corsFields(request.head)
        let tags = request.head.headers[canonicalForm: "if-none-match"].map { String($0) }
        let finish: @Sendable (Result<Representation, APIError>) -> Void = { result in
            switch result {
            case .success(let answer): respond(answer.fastResponse(ifNoneMatch: tags, with: fields))
            case .failure(let error): respond(error.reply.fastResponse(with: fields))
            }
        }
        do throws(APIError) {
            switch kind {
            case .page:
                try reads.page(
                    request.head.uri,
                    admit: { board throws(APIError) in try admit(board, request, on: eventLoop) }, finish)
            case .user:
                try reads.user(
                    Self.userSegment(request.head.uri) ?? "", request.head.uri,
                    admit: { board throws(APIError) in try admit(board, request, on: eventLoop) }, finish)
            }
        } catch {
            finish(.failure(error))
        }
    }

    /// Private boards are shown to viewers alone.
    private func admit(_ board: Board, _ request: FastRequest, on eventLoop: any EventLoop) throws(APIError) {
        guard board.isPrivate else { return }
        try authenticator.admit(request.head.headers, from: request.remoteAddress, on: eventLoop)
        let claims = try authenticator.claims(of: request.head.headers, on: eventLoop)
        guard Self.access.admits(claims) else { throw .forbidden }
    }
}
