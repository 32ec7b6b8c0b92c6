import HTTPKit
import Hummingbird
import Listener
import NIOCore

/// `GET /openapi.json`: the description of every route, embedded from `openapi/`.
public enum OpenAPIDocument {
    /// The document, as JSON.
    public static let json = ByteBuffer(bytes: PackageResources.openapi_json)

    /// Adds the route; every node has it.
    public static func addRoute(to router: Router<some RequestContext>) {
        router.get("/openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: SharedFields.json.value, .cacheControl: "public, max-age=300"],
                body: ResponseBody(byteBuffer: json))
        }
        router.refuseOtherMethods(on: "/openapi.json", allowed: [.get])
    }
}
