import Access
import HTTPKit
import HTTPTypes
import Hummingbird
import Listener

/// Adds the routes of the live scoreboard page: `/` and the files that it loads.
///
/// The router's option `autoGenerateHeadEndpoints` adds HEAD.
package func addPageRoutes(to table: inout RouteTable) {
    for file in PageFile.all {
        table.stream(.get, file.path, .everybody) { request in
            file.response(ifNoneMatch: request.values(of: "if-none-match"))
        }
    }
}
