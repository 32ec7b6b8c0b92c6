import Access
import HTTPKit
import HTTPTypes
import Hummingbird
import Listener

/// Adds the routes of the live scoreboard page, `/`, of the page for tasks and challenges, `/play`, and of the files
/// that they load.
///
/// The router's option `autoGenerateHeadEndpoints` adds HEAD.
package func addPageRoutes(to table: inout RouteTable) {
    for file in PageFile.all {
        table.stream(.get, file.path, .everybody) { request in
            file.response(ifNoneMatch: request.values(of: "if-none-match"))
        }
    }
}
