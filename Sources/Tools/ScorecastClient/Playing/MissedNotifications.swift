import NIOCore
import NIOSSL
import StrictJSON

/// Reads the unread notifications, which came while there was no connection.
struct MissedNotifications: Sendable {
    /// The server keeps as many for a user.
    private static let max = 1000

    /// The server does not give them.
    struct Refused: Error {
        /// The HTTP status.
        let status: Int
    }

    private let send: @Sendable (SessionRequest, _ token: String) async throws -> SessionResponse

    /// - Parameters:
    ///   - configuration: says where the server is. A session has a server of its own.
    ///   - tls: for `wss`.
    ///   - eventLoop: the loop of the requests.
    init(_ configuration: ScoreboardConfiguration, tls: NIOSSLContext?, on eventLoop: any EventLoop) {
        if case .session(let session) = configuration.token {
            send = { request, _ in try await session.send(request) }
            return
        }
        let url = Self.server(of: configuration.url)
        send = { request, token in
            var request = request
            request.token = token
            return try await SessionCalls.exchange(
                request, over: try NIOSessionTransport(url, tls: tls, group: eventLoop))
        }
    }

    /// The address of the routes: that of the socket without the socket's own path.
    static func server(of url: String) -> String {
        for path in ["/ws/scoreboard", "/ws"] where url.hasSuffix(path) { return String(url.dropLast(path.count)) }
        return url
    }

    /// All of them, the oldest first.
    ///
    /// - Throws: ``Refused`` if they are not to be had; any other error if they may be later.
    func read(token: String) async throws -> [ScorecastNotification] {
        var (found, cursor): ([ScorecastNotification], String?) = ([], nil)
        repeat {
            let rest = cursor.map { "&cursor=\($0)" } ?? ""
            let response = try await send(SessionRequest("GET", "/notifications?unread=true&limit=100\(rest)"), token)
            guard response.isSuccess else {
                if response.status == 429 || response.status >= 500 { throw SessionError(response) }
                throw Refused(status: response.status)
            }
            guard let list = response.json?["notifications"]?.array else { throw Refused(status: response.status) }
            found += list.compactMap { ScorecastNotification($0) }
            cursor = response.json?["next"]?.string.flatMap { Self.isCursor($0) ? $0 : nil }
        } while cursor != nil && found.count < Self.max
        return found.reversed()
    }

    /// Whether a cursor can be put into a path as it is.
    private static func isCursor(_ text: String) -> Bool {
        (1...1024).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }
}
