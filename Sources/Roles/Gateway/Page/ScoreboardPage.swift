import HTTPKit
import HTTPTypes
import Hummingbird
import Listener
import NIOCore

/// Adds the routes of the live scoreboard page: `/` and the files that it loads.
///
/// The router's option `autoGenerateHeadEndpoints` adds HEAD.
public func addPageRoutes<Context: RequestContext>(to router: Router<Context>) {
    for file in PageFile.all {
        router.get(RouterPath(file.path)) { request, _ in
            file.response(ifNoneMatch: request.headers[values: .ifNoneMatch])
        }
        router.refuseOtherMethods(on: RouterPath(file.path), allowed: [.get])
    }
}
