import HTTPKit
import NIOHTTP1

/// The target of a request (RFC 9112, 3.2), normalized so that every route sees one spelling of a path.
package enum RequestTarget {
    /// A path and a query, in the spelling that routes see.
    case resource(HTTPRequestHead)
    /// `*`: the server itself. Only OPTIONS can ask for it.
    case server
    /// The target is over the limit.
    case tooLong
    /// The bytes are not a target.
    case malformed

    /// - Parameters:
    ///   - head: the head as it came.
    ///   - bytesMax: the longest target.
    ///   - literalPaths: paths that are reached only by their plain spelling.
    ///   - prefix: the first segment that a path may have in addition, such as `/api`; nil for none.
    package init(_ head: HTTPRequestHead, bytesMax: Int, literalPaths: [String] = [], prefix: String? = nil) {
        guard head.uri.utf8.count <= bytesMax else {
            self = .tooLong
            return
        }
        let form = PathForm(head.uri)
        switch form {
        case .plain: self = .resource(prefix.map { head.without(prefix: $0, literalPaths) } ?? head)
        case .encoded: self = Self.decoded(head, literalPaths, prefix)
        case .malformed: self = .malformed
        case .other:
            if head.uri == "*" {
                self = head.method == .OPTIONS ? .server : .malformed
            } else if let inner = head.inOriginForm {
                self = RequestTarget(inner, bytesMax: bytesMax, literalPaths: literalPaths, prefix: prefix)
            } else {
                self = .malformed
            }
        }
    }

    /// Decodes the unreserved characters of the path, and writes the other escapes in capitals, so that equivalent
    /// spellings are one path (RFC 3986, 6.2.2). An encoded slash stays encoded and dots are not resolved, so no
    /// spelling leads to another place in the tree.
    private static func decoded(
        _ head: HTTPRequestHead, _ literalPaths: [String], _ prefix: String?
    ) -> RequestTarget {
        let uri = head.uri.utf8
        let end = uri.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex
        guard let path = PercentEncoding.normalized(uri[..<end]) else { return .malformed }
        // A proxy that blocks such a path may block only its plain spelling.
        guard !literalPaths.contains(path) else { return .resource(head) }
        var head = head
        head.uri = path + head.uri[end...]
        return .resource(prefix.map { head.without(prefix: $0, literalPaths) } ?? head)
    }

    /// The form of a target, from one pass over its bytes.
    private enum PathForm {
        /// A path without escapes. This is the usual form, and the only one for which speed matters.
        case plain
        /// A path with escapes.
        case encoded
        /// Not a path, but perhaps `*` or a whole URI.
        case other
        /// Bytes that no target has: white space, control characters, bytes that are not ASCII, or a fragment (RFC
        /// 3986, 2).
        case malformed

        init(_ uri: String) {
            var uri = uri
            self = uri.withUTF8 { bytes in
                var isEncoded = false
                var isInQuery = false
                for byte in bytes {
                    switch byte {
                    case 0x21...0x7e where byte != UInt8(ascii: "#"):
                        if byte == UInt8(ascii: "?") { isInQuery = true }
                        if byte == UInt8(ascii: "%"), !isInQuery { isEncoded = true }
                    default: return .malformed
                    }
                }
                guard bytes.first == UInt8(ascii: "/") else { return .other }
                return isEncoded ? .encoded : .plain
            }
        }
    }
}

extension HTTPRequestHead {
    /// The request without the prefix of its path, if it has it. The prefix is taken away once, and only before one
    /// slash, so that each path has one spelling with it. The literal paths have none: a proxy hides them only without.
    fileprivate func without(prefix: String, _ literalPaths: [String]) -> HTTPRequestHead {
        let slash = UInt8(ascii: "/")
        guard uri.utf8.starts(with: prefix.utf8) else { return self }
        let rest = uri.utf8.dropFirst(prefix.utf8.count)
        guard rest.first == slash, rest.dropFirst().first != slash else { return self }
        let path = rest.prefix { $0 != UInt8(ascii: "?") }
        guard !literalPaths.contains(where: { path.elementsEqual($0.utf8) }) else { return self }
        var head = self
        head.uri = String(Substring(rest))
        return head
    }

    /// The request with only the path and the query as its target. A client may send a whole URI, as it does to a
    /// proxy; then the URI's authority counts instead of `Host` (RFC 9112, 3.2.2). Nil if the URI has another scheme,
    /// no host, or a name and password (RFC 9110, 4.2).
    fileprivate var inOriginForm: HTTPRequestHead? {
        guard let mark = uri.firstRange(of: "://"), ["http", "https"].contains(uri[..<mark.lowerBound].lowercased())
        else { return nil }
        let rest = uri[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard let first = authority.first, first != ":", HostField.isValid(authority) else { return nil }
        var head = self
        head.uri = (rest[end...].first == "/" ? "" : "/") + rest[end...]
        head.headers.replaceOrAdd(name: "Host", value: String(authority))
        return head
    }
}
