import HTTPKit
import NIOCore
import NIOHTTP1

/// `OPTIONS *`: asks what the server can do at all (RFC 9110, 9.3.7).
struct ServerRoute: FastRoute {
    let sharedFields: @Sendable (HTTPRequestHead?) -> [(name: String, value: String)]

    var bodyBytesMax: Int { 0 }

    func tooLarge(for head: HTTPRequestHead) -> FastResponse {
        withSharedFields(FastResponse(refusing: .tooLarge), head)
    }
    func tooSlow(for head: HTTPRequestHead) -> FastResponse { withSharedFields(.requestTimeout, head) }

    func accepts(_ head: HTTPRequestHead) -> Bool { head.method == .OPTIONS && head.uri == "*" }

    func handle(
        _ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (FastResponse) -> Void
    ) {
        respond(withSharedFields(.serverOptions, request.head))
    }

    private func withSharedFields(_ response: FastResponse, _ head: HTTPRequestHead) -> FastResponse {
        var response = response
        response.fields += sharedFields(head)
        return response
    }
}
