import HTTPKit
import HTTPTypes
import Hummingbird
import Signing

/// The routes of a node, each with the senders that it lets in.
///
/// Modules add their routes here, so that no route can forget to say whom it lets in, and so that the whole list can be
/// read (and compared with the OpenAPI document). Routes in front of Hummingbird are listed too, but check their
/// senders themselves.
package struct RouteTable: Sendable {
    /// The work of a route, after its access was checked.
    package typealias Handler = @Sendable (RouteRequest) async throws -> Reply
    /// The work of a route that makes its response itself.
    package typealias StreamHandler = @Sendable (RouteRequest) async throws -> Response

    /// A route.
    package struct Route: Sendable {
        /// The part of a node that serves a route.
        enum Server: Sendable {
            /// Hummingbird.
            case router(StreamHandler)
            /// A fast lane, for this method alone.
            case lane
            /// An upgrade route, which answers every method of its path.
            case upgrade
        }

        package let method: HTTPRequest.Method
        /// The path, with its parameters in braces.
        package let path: String
        package let access: RouteAccess
        let server: Server
    }

    /// The routes, in the order in which they were added.
    package private(set) var routes: [Route] = []

    /// A table without routes.
    package init() {}

    /// Adds a route.
    ///
    /// - Parameter idempotency: takes the field `Idempotency-Key`; nil if the route ignores it. Only for routes of
    ///   bearers whose answers hold no secret, since the answers are kept.
    package mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, idempotency: Idempotency? = nil,
        _ handler: @escaping Handler
    ) {
        stream(method, path, access) { request in
            guard let idempotency else { return try await handler(request).response }
            return try await idempotency.answer(request, handler).response
        }
    }

    /// Adds a route that makes its response itself, such as one whose body is a stream.
    package mutating func stream(
        _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, _ handler: @escaping StreamHandler
    ) {
        routes.append(Route(method: method, path: path, access: access, server: .router(handler)))
    }

    /// Lists a route that a fast lane serves and checks. Hummingbird refuses the other methods of its path.
    package mutating func listLane(_ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess) {
        routes.append(Route(method: method, path: path, access: access, server: .lane))
    }

    /// Lists a route that an upgrade route serves and checks.
    package mutating func listUpgrade(_ path: String, _ access: RouteAccess) {
        routes.append(Route(method: .get, path: path, access: access, server: .upgrade))
    }

    /// Adds the routes to Hummingbird's router, and to each path the refusal of all other methods.
    ///
    /// - Parameters:
    ///   - authenticator: says who sends a request.
    ///   - audit: gets the refusals of routes that are for services and administrators alone.
    package func install(
        on router: Router<some RemoteAddressRequestContext>, authenticator: RequestAuthenticator, audit: any AuditLog
    ) {
        var paths = RouterPaths()
        var methods: [String: [HTTPRequest.Method]] = [:]
        for route in routes {
            let path = paths.path(of: route.path)
            switch route.server {
            case .upgrade: continue
            case .lane: break
            case .router(let handler):
                let guarded = GuardedRoute(
                    route: route, handler: handler, names: path.names, authenticator: authenticator, audit: audit)
                router.on(RouterPath(path.text), method: route.method) { await guarded.respond(to: $0, $1) }
            }
            methods[path.text, default: []].append(route.method)
        }
        for (path, methods) in methods { router.refuseOtherMethods(on: RouterPath(path), allowed: methods) }
    }
}
