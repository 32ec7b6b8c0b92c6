import Access
import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

/// `GET /openapi.json`: the description of every route, merged from the fragments in `openapi/`: one for the core, and
/// one for each game service.
package enum OpenAPIDocument {
    /// The fragments, the core first.
    package static let fragments = [
        OpenAPIFragment(name: "core", json: PackageResources.core_json),
        OpenAPIFragment(name: "accounts", json: PackageResources.accounts_json),
        OpenAPIFragment(name: "tasks", json: PackageResources.tasks_json),
        OpenAPIFragment(name: "challenges", json: PackageResources.challenges_json),
        OpenAPIFragment(name: "gamification", json: PackageResources.gamification_json),
    ]

    /// The document, as JSON. A fragment that does not fit is left out; a test makes sure that all fit.
    package static let json: ByteBuffer = {
        var document = JSONObject()
        for fragment in fragments { document = (try? fragment.added(to: document)) ?? document }
        var json = ByteBuffer()
        JSONWriter.append(to: &json) { $0.value(.object(document)) }
        return json
    }()

    /// Adds the route; every node has it.
    static func addRoute(to table: inout RouteTable) {
        table.stream(.get, "/openapi.json", .everybody) { _ in
            Response(
                status: .ok, headers: [.contentType: SharedFields.json.value, .cacheControl: "public, max-age=300"],
                body: ResponseBody(byteBuffer: json))
        }
    }
}
