import HTTPKit
import Listener
import NIOCore
import NIOHTTP1

/// The fast way into `POST /update-score`: in front of Hummingbird, on the connection's event loop.
struct UpdateScoreLane: FastRoute {
    let route: UpdateScoreRoute
    let cors: OriginPolicy

    var template: String { "/update-score" }
    var bodyBytesMax: Int { UpdateScoreRoute.bodyBytesMax }
    var tooLarge: FastResponse { APIError.tooLarge.reply.fastResponse() }
    var tooSlow: FastResponse { APIError.requestTimeout.reply.fastResponse() }

    func tooLarge(for head: HTTPRequestHead) -> FastResponse {
        APIError.tooLarge.reply.fastResponse(with: corsFields(head))
    }

    func tooSlow(for head: HTTPRequestHead) -> FastResponse {
        APIError.requestTimeout.reply.fastResponse(with: corsFields(head))
    }

    private func corsFields(_ head: HTTPRequestHead) -> [(name: String, value: String)] {
        cors.fields(for: head.headers.first(name: "origin"))
    }

    func accepts(_ head: HTTPRequestHead) -> Bool {
        head.method == .POST && head.hasPath("/update-score")
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
