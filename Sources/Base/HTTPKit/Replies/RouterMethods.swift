import HTTPTypes
import Hummingbird

extension RouterMethods {
    /// Answers every method of a path that no route takes with 405 and `Allow` (RFC 9110, 15.5.6). Call it once for
    /// each path, after its routes.
    ///
    /// - Parameters:
    ///   - path: the path, as the routes name it.
    ///   - allowed: the methods that routes take. `HEAD` goes with `GET`.
    public func refuseOtherMethods(on path: RouterPath, allowed: [HTTPRequest.Method]) {
        let allow = allowed.flatMap { $0 == .get ? [$0, .head] : [$0] }.map(\.rawValue).joined(separator: ", ")
        for method in Self.knownMethods where !allowed.contains(method) {
            on(path, method: method) { _, _ in
                APIError(.methodNotAllowed, fields: [("Allow", allow)]).reply.response
            }
        }
    }

    /// The registered methods that a client may try on a resource; `HEAD` is made from `GET`.
    private static var knownMethods: [HTTPRequest.Method] {
        [
            "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY", "ACL", "BIND", "CHECKOUT", "COPY",
            "LINK",
            "LOCK", "MSEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE", "NOTIFY", "PROPFIND", "PROPPATCH",
            "PURGE", "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
        ].compactMap { HTTPRequest.Method($0) }
    }
}
