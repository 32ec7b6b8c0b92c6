import Basics
import Crypto
import HTTPKit
import HTTPTypes
import Hummingbird
import Listener
import NIOCore

/// A file of the pages. The program holds its content.
struct PageFile: Sendable {
    let path: String
    let contentType: String
    let body: ByteBuffer
    /// The entity tag: a hash of the content, so that it changes with the content and is the same on every node.
    let entityTag: String

    init(path: String, contentType: String, content: [UInt8]) {
        self.path = path
        self.contentType = contentType
        body = ByteBuffer(bytes: content)
        entityTag = "\"\(Hexadecimal.text(Array(SHA256.hash(data: content).prefix(16))))\""
    }

    /// The pages, the files that they load, and the client library, which pages of allowed origins may load too.
    static let all = [
        PageFile(path: "/", contentType: html, content: PackageResources.index_html),
        PageFile(path: "/play", contentType: html, content: PackageResources.play_html),
        PageFile(path: "/account-dialog.js", contentType: script, content: PackageResources.account_dialog_js),
        PageFile(path: "/account-form.js", contentType: script, content: PackageResources.account_form_js),
        PageFile(path: "/account-probe.js", contentType: script, content: PackageResources.account_probe_js),
        PageFile(path: "/account-state.js", contentType: script, content: PackageResources.account_state_js),
        PageFile(path: "/account.css", contentType: css, content: PackageResources.account_css),
        PageFile(path: "/account.js", contentType: script, content: PackageResources.account_js),
        PageFile(path: "/choice.js", contentType: script, content: PackageResources.choice_js),
        PageFile(path: "/play-api.js", contentType: script, content: PackageResources.play_api_js),
        PageFile(path: "/play-board.js", contentType: script, content: PackageResources.play_board_js),
        PageFile(path: "/play-challenge.js", contentType: script, content: PackageResources.play_challenge_js),
        PageFile(path: "/play-notices.js", contentType: script, content: PackageResources.play_notices_js),
        PageFile(path: "/play-page.js", contentType: script, content: PackageResources.play_page_js),
        PageFile(path: "/play-state.js", contentType: script, content: PackageResources.play_state_js),
        PageFile(path: "/play-tasks.js", contentType: script, content: PackageResources.play_tasks_js),
        PageFile(path: "/play.css", contentType: css, content: PackageResources.play_css),
        PageFile(path: "/play.js", contentType: script, content: PackageResources.play_js),
        PageFile(path: "/scoreboard.css", contentType: css, content: PackageResources.scoreboard_css),
        PageFile(path: "/scoreboard.js", contentType: script, content: PackageResources.scoreboard_js),
        PageFile(path: "/state.js", contentType: script, content: PackageResources.state_js),
        PageFile(path: "/tower.css", contentType: css, content: PackageResources.tower_css),
        PageFile(path: "/scorecast-play.d.ts", contentType: types, content: PackageResources.scorecast_play_d_ts),
        PageFile(path: "/scorecast.d.ts", contentType: types, content: PackageResources.scorecast_d_ts),
        PageFile(path: "/scorecast.js", contentType: script, content: PackageResources.scorecast_js),
        part("accounts", PackageResources.accounts_js),
        part("board-rooms", PackageResources.board_rooms_js),
        part("challenge-seat", PackageResources.challenge_seat_js),
        part("connection", PackageResources.connection_js),
        part("errors", PackageResources.errors_js),
        part("following", PackageResources.following_js),
        part("inbox", PackageResources.inbox_js),
        part("page-events", PackageResources.page_events_js),
        part("play-messages", PackageResources.play_messages_js),
        part("play-rooms", PackageResources.play_rooms_js),
        part("refusal", PackageResources.refusal_js),
        part("room", PackageResources.room_js),
        part("session", PackageResources.session_js),
        part("session-store", PackageResources.session_store_js),
        part("settings", PackageResources.settings_js),
        part("source", PackageResources.source_js),
        part("standings", PackageResources.standings_js),
        part("timers", PackageResources.timers_js),
        part("waits", PackageResources.waits_js),
    ]

    /// A module of the client library.
    private static func part(_ name: String, _ content: [UInt8]) -> PageFile {
        PageFile(path: "/scorecast/\(name).js", contentType: script, content: content)
    }

    private static let html = "text/html; charset=utf-8"
    private static let css = "text/css; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"
    private static let types = "application/typescript; charset=utf-8"

    /// The response to a GET with these `If-None-Match` fields (RFC 9110, 13.1.2).
    func response(ifNoneMatch: [String]) -> Response {
        var fields: HTTPFields = [
            .eTag: entityTag,
            // Browsers ask each time: the names of the files have no version, and an unchanged file is a 304.
            .cacheControl: "no-cache",
            .contentSecurityPolicy: Self.contentSecurityPolicy,
            .xContentTypeOptions: "nosniff",
        ]
        if let name = HTTPField.Name("Referrer-Policy") { fields[name] = "no-referrer" }
        if Self.matches(entityTag, ifNoneMatch) { return Response(status: .notModified, headers: fields) }
        fields[.contentType] = contentType
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body))
    }

    private static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    /// Weak comparison: whether the tag is in the lists, or one of them is `*`.
    private static func matches(_ tag: String, _ lists: [String]) -> Bool {
        lists.flatMap { $0.split(separator: ",") }.contains { item in
            let item = item.withoutSpace
            return item == "*" || item == tag || (item.hasPrefix("W/") && item.dropFirst(2) == tag)
        }
    }
}
