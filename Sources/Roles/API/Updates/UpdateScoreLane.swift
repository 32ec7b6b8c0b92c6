import HTTPKit
import Listener
import NIOCore
import NIOHTTP1

/// `POST /update-score`, served in front of Hummingbird on the connection's event loop.
struct UpdateScoreLane: FastRoute {
    let route: UpdateScoreRoute
    let cors: OriginPolicy

    var template: String { "/update-score" }
    var bodyBytesMax: Int { UpdateScoreRoute.bodyBytesMax }

    func tooLarge(for head: HTTPRequestHead) -> FastResponse {
        APIError.tooLarge.reply.fastResponse(with: corsFields(head))
    }

    func tooSlow(for head: HTTPRequestHead) -> FastResponse {
        APIError(.requestTimeout).reply.fastResponse(with: corsFields(head))
    }

    private func corsFields(_ head: HTTPRequestHead) -> [(name: String, value: String)] {
        cors.fields(for: head.headers.first(name: "origin"))
    }

    func accepts(_ head: HTTPRequestHead) -> Bool {
        head.method == .POST && (head.hasPath("/update-score") || Self.hasMoreSlashes(head.uri))
    }

    /// Whether the path has more slashes at its ends. Hummingbird's router passes over them in every other path, so a
    /// client may send them here too.
    private static func hasMoreSlashes(_ uri: String) -> Bool {
        let slash = UInt8(ascii: "/")
        var path = uri.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard path.first == slash else { return false }
        while path.first == slash { path.removeFirst() }
        while path.last == slash { path.removeLast() }
        return path.elementsEqual("update-score".utf8)
    }

    func handle(
        _ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (FastResponse) -> Void
    ) {
        guard !cors.isSameOriginOnly else {
            return route.handle(request, on: eventLoop) { respond($0.fastResponse()) }
        }
        let fields = cors.fields(for: request.head.headers.first(name: "origin"))
        route.handle(request, on: eventLoop) { respond($0.fastResponse(with: fields)) }
    }
}
