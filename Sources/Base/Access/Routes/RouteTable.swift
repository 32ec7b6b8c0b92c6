import HTTPKit
import HTTPTypes
import Hummingbird
import Signing

/// The routes of a node that Hummingbird serves, each with the senders that it lets in.
///
/// Modules add their routes here, so that no route can forget to say whom it lets in, and so that the whole list can be
/// read (and compared with the OpenAPI document).
package struct RouteTable: Sendable {
    /// The work of a route, after its access was checked.
    package typealias Handler = @Sendable (RouteRequest) async throws -> Reply

    /// A route.
    package struct Route: Sendable {
        package let method: HTTPRequest.Method
        /// The path, with its parameters in braces.
        package let path: String
        package let access: RouteAccess
        let handler: @Sendable (RouteRequest) async throws -> Response
    }

    /// The routes, in the order in which they were added.
    package private(set) var routes: [Route] = []

    /// A table without routes.
    package init() {}

    /// Adds a route. Two routes of one path must use the same names of parameters.
    package mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, _ handler: @escaping Handler
    ) {
        stream(method, path, access) { try await handler($0).response }
    }

    /// Adds a route that makes its response itself, such as one whose body is a stream.
    package mutating func stream(
        _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess,
        _ handler: @escaping @Sendable (RouteRequest) async throws -> Response
    ) {
        routes.append(Route(method: method, path: path, access: access, handler: handler))
    }

    /// Adds the routes to Hummingbird's router, and to each path the refusal of all other methods.
    package func install(
        on router: Router<some RemoteAddressRequestContext>, authenticator: RequestAuthenticator
    ) {
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                await Self.respond {
                    var claims: Claims?
                    if case .bearers = route.access {
                        let bearer = try await authenticator.claims(of: request, from: context.remoteAddress)
                        guard route.access.admits(bearer) else { throw APIError.forbidden }
                        claims = bearer
                    }
                    return try await route.handler(
                        RouteRequest(
                            request, context, access: route.access, claims: claims, authenticator: authenticator))
                }
            }
        }
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            router.refuseOtherMethods(on: RouterPath(path), allowed: routes.map(\.method))
        }
    }

    /// Runs a route. An `APIError` becomes its answer. Any other error becomes 503, so that nothing of it is shown.
    private static func respond(_ body: () async throws -> Response) async -> Response {
        do {
            return try await body()
        } catch let error as APIError {
            return error.reply.response
        } catch {
            return APIError.unavailable.reply.response
        }
    }
}
