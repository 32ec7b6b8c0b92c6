/// A request of a session to its server.
public struct SessionRequest: Sendable {
    /// The method, such as `POST`.
    public var method: String
    /// The path below the server's address, with the query if there is one. It begins with a slash, and is
    /// percent-encoded.
    public var path: String
    /// The body, as JSON; nil for none.
    public var body: [UInt8]?
    /// The access token, for the field `Authorization`.
    public var token: String?

    /// A request.
    public init(_ method: String, _ path: String, body: [UInt8]? = nil, token: String? = nil) {
        self.method = method
        self.path = path
        self.body = body
        self.token = token
    }

    /// Whether the parts can be put into the head of a request: nothing in them can end a line.
    var isWellFormed: Bool {
        let isPath =
            path.hasPrefix("/") && path.utf8.count <= 8192 && path.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        let isMethod = (1...16).contains(method.utf8.count) && method.utf8.allSatisfy { (0x41...0x5A).contains($0) }
        return isPath && !path.contains("#") && isMethod && token.map(ScoreboardToken.isWellFormed) != false
    }
}
