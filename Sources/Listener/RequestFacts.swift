import NIOHTTP1

/// What the listener has to know of a request's head, from one pass over its fields.
struct RequestFacts {
    /// A response to HEAD has no body (RFC 9110, 9.3.2).
    private(set) var isHead = false
    /// The client speaks HTTP/1.0: it must see no 1xx and no chunks, and wants to be told when a connection is kept.
    private(set) var isHTTP10 = false
    /// The parser reads nothing after a CONNECT or an upgrade, whether they come to something or not.
    private(set) var stopsParser = false
    /// Whether the connection can serve no further request.
    private(set) var isLast = false
    /// Whether the client waits for a 100 before it sends the body. HTTP/1.0 does not know that (RFC 9110, 10.1.1).
    private(set) var expectsContinue = false
    /// The declared length of the body; 0 where none is declared.
    private(set) var contentLength = 0
    /// Whether the head keeps RFC 9112, 3.2 (one `Host`, which HTTP/1.0 may leave out) and 6.1 (HTTP/1.0 has no
    /// transfer codings, and others than `chunked` are not understood here: whoever reads them another way would see
    /// the request end elsewhere), and says at most once who sends it: of two, a proxy might have looked at the other.
    private(set) var isWellFormed = true

    /// No request.
    init() {}

    init(_ head: HTTPRequestHead) {
        isHead = head.method == .HEAD
        isHTTP10 = head.version.major == 1 && head.version.minor == 0
        stopsParser = head.method == .CONNECT
        var hosts = 0
        var credentials = 0
        var isCoded = false
        var isUnderstood = true
        for (name, value) in head.headers {
            // The length tells nearly all fields apart.
            switch name.utf8.count {
            case 4: if name.isField("host") { hosts += 1 }
            case 6: if name.isField("expect"), value.isField("100-continue") { expectsContinue = !isHTTP10 }
            case 7: if name.isField("upgrade") { stopsParser = true }
            case 13: if name.isField("authorization") { credentials += 1 }
            case 14: if name.isField("content-length") { contentLength = Int(value.withoutTrailingSpace) ?? .max }
            case 17:
                guard name.isField("transfer-encoding") else { break }
                // Given twice it is a list, and never `chunked` alone.
                isUnderstood = !isCoded && value.withoutTrailingSpace.isField("chunked")
                isCoded = true
            default: break
            }
        }
        isLast = stopsParser || !head.isKeepAlive
        isWellFormed = (isHTTP10 ? hosts <= 1 && !isCoded : hosts == 1) && isUnderstood && credentials <= 1
    }
}

extension String {
    /// Without the white space behind a field's value, which is no part of it (RFC 9110, 5.5); the parser leaves it there.
    package var withoutTrailingSpace: Substring {
        guard let last = utf8.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") else { return self[...] }
        var end = utf8.endIndex
        while end > utf8.startIndex {
            let before = utf8.index(before: end)
            guard utf8[before] == UInt8(ascii: " ") || utf8[before] == UInt8(ascii: "\t") else { break }
            end = before
        }
        return self[..<end]
    }
}

extension Substring {
    /// Without the white space on both sides, as around the elements of a list (RFC 9110, 5.6.1).
    package var withoutSpace: Substring {
        var rest = utf8
        while let first = rest.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { rest.removeFirst() }
        while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { rest.removeLast() }
        return Substring(rest)
    }
}

extension StringProtocol {
    /// Whether this is `lowercase`, in any case. For field names and tokens, which are ASCII.
    fileprivate func isField(_ lowercase: StaticString) -> Bool {
        utf8.count == lowercase.utf8CodeUnitCount
            && zip(utf8, UnsafeBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount))
                .allSatisfy { $0 == $1 || ($0 | 0x20 == $1 && $0 &- UInt8(ascii: "A") < 26) }
    }
}
